import type { DataSource, EntityManager } from 'typeorm';
import { ADD_GENERATIONS, ownPrefix, SCHEMA, SCHEMA_LOCK, SHARED_TABLES, SHARED_TABLES_MADE } from './tables.ts';

/** A service and the database role under which it folds. */
export interface ReadRole {
  readonly service: string;
  readonly role: string;
}

/** The relations whose names begin with the service's, as SQL over `pg_class`; $1 is the prefix. */
const OWN = `relnamespace = '${SCHEMA}'::regnamespace and relkind in ('r', 'v', 'm') and starts_with(relname, $1)`;

/**
 * For the length of a session. Everything is asked before it is changed: a change waits for every reader, and most often
 * there is none to make.
 */
const PROVISION = `
create or replace function pg_temp.provision(_prefix text, _service text, _role name) returns void language plpgsql
as $function$
declare
  _table text;
begin
  execute format('grant usage, create on schema ${SCHEMA} to %I', _role);
  -- An owner that is no superuser hands tables over, and looks after them later, as a member of the role.
  if not pg_has_role(current_user, _role, 'USAGE') then
    execute format('grant %I to %I', _role, current_user);
  end if;

  -- Of the shared tables a service sees and writes its own rows. Their owner is not held to it.
  foreach _table in array array['checkpoints', 'parked', 'generations', 'operations'] loop
    execute format('grant select, insert, update, delete on ${SCHEMA}.%I to %I', _table, _role);
    if not (select relrowsecurity from pg_class where oid = format('${SCHEMA}.%I', _table)::regclass) then
      execute format('alter table ${SCHEMA}.%I enable row level security', _table);
    end if;
    continue when exists (
      select from pg_policies where schemaname = '${SCHEMA}' and tablename = _table and policyname = _service
        and roles = array[_role]
    );
    execute format('drop policy if exists %I on ${SCHEMA}.%I', _service, _table);
    execute format('create policy %I on ${SCHEMA}.%I to %I using (service = %L)', _service, _table, _role, _service);
  end loop;

  -- Read models that the owner made before the service had a role.
  for _table in
    select relname from pg_class
    where ${OWN.replace('$1', '_prefix')} and pg_get_userbyid(relowner) = current_user
  loop
    execute format('alter table ${SCHEMA}.%I owner to %I', _table, _role);
  end loop;
end
$function$`;

/** The tables that all services share, where they are missing or not as they should be. */
export const makeSharedTables = async (manager: EntityManager): Promise<void> => {
  const [found] = await manager.query<{ made: boolean | null; old: boolean }[]>(SHARED_TABLES_MADE);
  if (found?.made === true) return;
  if (found?.old === true) await manager.query(ADD_GENERATIONS);
  await manager.query(SHARED_TABLES);
};

/**
 * Refuses read models of the service that another role has made: the owner of a table can hang code on it, which runs with
 * the rights of whoever writes to it.
 */
export const refuseForeignTables = async (manager: EntityManager, service: string): Promise<void> => {
  const [foreign] = await manager.query<{ name: string; owner: string }[]>(
    `select relname as name, pg_get_userbyid(relowner) as owner from pg_class
     where ${OWN} and not pg_has_role(relowner, 'USAGE') order by relname limit 1`,
    [ownPrefix(service)],
  );
  if (foreign === undefined) return;
  throw new Error(
    `${SCHEMA}.${foreign.name} belongs to role "${foreign.owner}", not to ${service}'s: run "./agon provision" with the ` +
      'DATABASE_URL of the log’s owner; or drop it, if another service has made it',
  );
};

/**
 * Gives each service's role what its read models need and no more: tables of its own, and its own rows of the shared
 * ones. Their owner, and a superuser, read and write all as before. Safe to repeat.
 *
 * @param dataSource of the owner
 * @throws what Postgres says, SQLSTATE 42501 without the rights.
 */
export const provisionReadModels = (dataSource: DataSource, roles: readonly ReadRole[]): Promise<void> =>
  dataSource.transaction(async (manager) => {
    await manager.query('select pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
    await makeSharedTables(manager);
    await manager.query(PROVISION);
    for (const { service, role } of roles)
      await manager.query('select pg_temp.provision($1, $2, $3)', [ownPrefix(service), service, role]);
  });
