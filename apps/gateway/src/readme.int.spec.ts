import { describeConfig, provisionConfig } from '@agon/service-kit';
import { databaseVariable, portVariable, topology } from '@agon/stack';
import { readFileSync, writeFileSync } from 'node:fs';
import { gatewayConfig } from './config.ts';

const README = new URL('../../../README.md', import.meta.url);
const SECTION = /(<!-- configuration -->)[\s\S]*?(<!-- \/configuration -->)/;

/** What `./agon` brings when nothing else is given. */
const BROUGHT: Record<string, string> = { DATABASE_URL: 'a Postgres of its own', NATS_URL: 'a nats-server of its own' };

/** Every variable: those of the gateway, which has all that services read, and what the launcher gives out to each. */
function table(): string {
  const variables = describeConfig(gatewayConfig)
    .filter(({ name }) => name !== 'AGON_PORT')
    .map(({ name, default: value, allowed, meaning }) => [
      `\`${name}\``,
      value ?? BROUGHT[name] ?? 'none',
      allowed,
      meaning,
    ]);
  const databases = describeConfig(provisionConfig)
    .filter(({ name }) => name !== 'DATABASE_URL')
    .map(({ name, allowed, meaning }) => [`\`${name}\``, 'none', allowed, meaning]);
  const ports = topology.map(({ name, port, kind }) => [
    `\`${portVariable(name)}\``,
    String(port),
    'a whole number from 1 to 65535',
    `Port of ${name}${kind === 'service' ? ', which reads it as `AGON_PORT` when it is started by itself' : ''}`,
  ]);
  const rows = [...variables, ...databases, ...ports].map((cells) => `| ${cells.join(' | ')} |`);
  return ['| variable | default | allowed | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** `AGON_WRITE_DOCS=1 npx jest readme` writes the table instead of comparing it. */
it('the table of configuration variables in the README is the one that the schemas give', () => {
  const readme = readFileSync(README, 'utf8');
  const expected = readme.replace(SECTION, (_, start: string, end: string) => `${start}\n\n${table()}\n\n${end}`);
  if (process.env.AGON_WRITE_DOCS === '1') writeFileSync(README, expected);
  else expect(readme).toBe(expected);
  expect(expected).toContain(table());
});

it('the launcher and the services name the variables of the databases by one rule', () => {
  const services = topology.filter(({ depends }) => depends.includes('postgres')).map(({ name }) => name);
  const variables = Object.keys(provisionConfig.shape).filter((name) => name !== 'DATABASE_URL');
  expect(variables.toSorted()).toEqual(services.map(databaseVariable).toSorted());
});
