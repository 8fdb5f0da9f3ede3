import type { Pool } from 'pg';

/** All that two logs of one version have in common: tables with their columns, settings, keys and indexes; functions. */
export const catalogueOf = async (pool: Pool): Promise<unknown> => {
  const { rows } = await pool.query(`
    select 'table' as kind, c.relname::text as name, array_to_string(c.reloptions, ' ') as definition
    from pg_class c where relnamespace = 'agon_log'::regnamespace and relkind = 'r' and relname <> 'migrations'
    union all
    select 'column', attrelid::regclass || '.' || attname,
      concat_ws(' ', format_type(atttypid, atttypmod), attcollation::regcollation, attnotnull, attnum)
    from pg_attribute join pg_class c on c.oid = attrelid
    where relnamespace = 'agon_log'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
      and relname <> 'migrations'
    union all
    select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'agon_log'::regnamespace
    union all
    select 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    from pg_index join pg_class c on c.oid = indrelid where relnamespace = 'agon_log'::regnamespace
    union all
    select 'function', oid::regprocedure::text, pg_get_functiondef(oid)
    from pg_proc where pronamespace = 'agon_log'::regnamespace
    order by 1, 2`);
  return rows;
};
