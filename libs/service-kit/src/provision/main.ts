import { readConfig } from '../config.ts';
import { startProblem } from '../start-problem.ts';
import { provision } from './provision.ts';
import { provisionConfig } from './provision-config.ts';

/** The program that prepares a database for its services; it is run before them, by whoever may migrate. */
try {
  const roles = await provision(readConfig(provisionConfig));
  for (const [service, role] of roles) process.stdout.write(`${service} writes as ${role}\n`);
} catch (error) {
  process.stderr.write(`can't provision the database: ${startProblem(error)}\n`);
  process.exit(1);
}
