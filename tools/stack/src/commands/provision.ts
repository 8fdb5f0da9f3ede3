import { build } from '../build/build.ts';
import { databaseUrlsOf, provision } from '../stack/database-roles.ts';
import { checkExternal, externalUrl } from '../stack/external.ts';
import { StackError } from '../stack-error.ts';
import { topology } from '../topology.ts';
import { flagsOf } from './arguments.ts';
import type { Command } from './command.ts';

/**
 * Prepares a database that somebody else runs for a new version of the services, or for roles of their own. What the
 * launcher runs itself is prepared by `up`.
 */
export const run: Command = async (context) => {
  const { args, folders, signal, say } = context;
  flagsOf(args, []);
  const [database] = topology.filter((row) => row.provision !== undefined);
  const url = database === undefined ? undefined : externalUrl(database, process.env);
  if (database === undefined || url === undefined)
    throw new StackError('set DATABASE_URL to the owner of the database; "./agon up" prepares a Postgres of its own');
  await checkExternal(database, url);
  await build(context);
  const urls = new Map([[database.name, url]]);
  const databaseUrls = databaseUrlsOf({ rows: topology, seats: [], urls, environment: process.env });
  await provision(database, { urls, databaseUrls, folders, signal });
  say(`the log is up to date; with a role of its own: ${[...databaseUrls.keys()].join(', ') || 'no service'}`);
  return 0;
};
