import { openPgLog, type OpenPgLog } from '../test/open-pg-log.ts';
import { flowRequest, newEvent, request, stored } from '../test/requests.ts';
import { serviceLogins, type ServiceLogin, type ServiceLogins } from '../test/service-roles.ts';
import { CategoryOwnedError, WrongRoleError } from './append-errors.ts';
import { PgEventLog } from './pg-event-log.ts';
import { isTransient } from './transient.ts';
import { warmAppends } from './warm-appends.ts';

/** SQLSTATE insufficient_privilege. */
const REFUSED = { code: '42501' };

/** What a service whose code or statements are an attacker's tries, connected as conflict-flow. */
type Attack = (flow: ServiceLogin) => Promise<unknown>;

const sql =
  (text: string): Attack =>
  ({ pool }) =>
    pool.query(text);

/** A good call of `append_batch`, but for what an attacker makes of it: one event for one stream of one append. */
const batch = (
  wrong: Partial<{
    counts: string;
    sections: string;
    appends: string;
    streamIds: string;
    expected: string;
    added: string;
    stream: number;
    place: number;
    streamPlace: number;
  }>,
): Attack => {
  const { counts = '{1}', sections = '{1}', appends = '{1}', streamIds = '{flow-s1}' } = wrong;
  const { expected = '{null}', added = '{1}' } = wrong;
  const { stream = 1, place = 1, streamPlace = 1 } = wrong;
  return sql(`select agon_log.append_batch('conflict-flow', '{0}', '${counts}', '${sections}', '{s1}', '{c1}', '{null}',
    '${appends}', '${streamIds}', '${expected}', '${added}', '{${stream}}', '{${place}}', '{${streamPlace}}',
    array[gen_random_uuid()], '{ChoiceApplied}', '{1}', '{"{}"}', '{"{}"}')`);
};

describe('the role of a service', () => {
  let pg: OpenPgLog;
  let logins: ServiceLogins;
  let flow: ServiceLogin;
  beforeAll(async () => {
    pg = await openPgLog();
    logins = await serviceLogins(pg.url);
    flow = logins.flow;
    await stored(pg.log, request({ events: [newEvent(), newEvent(), newEvent()] }));
    await stored(logins.gateway.log, request({ handles: 1, events: [] }));
    await stored(flow.log, flowRequest({ handles: 1 }));
    // A place for its own functions, as any database may have one.
    await pg.pool.query(`create schema own authorization ${flow.role}`);
  }, 300_000);
  afterAll(async () => {
    await logins.close();
    await pg.close();
  });

  /** Every row of every table of the log. */
  const everything = async (): Promise<unknown> => {
    const { rows: tables } = await pg.pool.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'agon_log' order by 1`,
    );
    const contents: [string, unknown][] = [];
    for (const { name } of tables) {
      const { rows } = await pg.pool.query(`select to_jsonb(t) as row from agon_log.${name} t order by 1`);
      contents.push([name, rows]);
    }
    return contents;
  };

  const tables = [
    'category_owners',
    'events',
    'handled',
    'log_partitions',
    'migrations',
    'parked',
    'services',
    'snapshots',
    'streams',
  ];

  const attacks: [string, Attack, object][] = [
    ['appends in another service’s name', ({ log }) => log.append(request()), WrongRoleError],
    [
      'appends in another service’s name to several partitions at once',
      ({ log }) => Promise.all([0, 1, 2].map((partition) => log.append(request({ partition })))),
      WrongRoleError,
    ],
    [
      'appends to another service’s stream by the statement for several',
      batch({ streamIds: '{game-s1}' }),
      { code: 'AG006' },
    ],
    [
      'hides another service’s stream by subscripts',
      batch({ appends: '{1,1}', streamIds: '[0:1]={flow-s1,game-s1}', expected: '{3,3}', added: '{1,0}' }),
      { code: 'AG003' },
    ],
    [
      'hides another service’s stream by a count of none',
      batch({ appends: '{1,1}', streamIds: '{flow-s1,game-s1}', expected: '{null,3}', added: '{1,0}', stream: 2 }),
      { code: 'AG006' },
    ],
    ...[0, 2, -1].map((stream): [string, Attack, object] => [
      `appends to stream ${stream} of one`,
      batch({ stream }),
      { code: 'AG006' },
    ]),
    ...[0, 2, -1].map((section): [string, Attack, object] => [
      `appends to partition ${section} of one`,
      batch({ sections: `{${section}}` }),
      { code: 'AG006' },
    ]),
    ...[0, 2, -1].flatMap((place): [string, Attack, object][] => [
      [`leaves a gap in the positions: ${place}`, batch({ place }), { code: 'AG006' }],
      [`leaves a gap in the versions: ${place}`, batch({ streamPlace: place }), { code: 'AG006' }],
    ]),
    ['moves the head further than its events', batch({ counts: '{2}' }), { code: 'AG006' }],
    ['moves a stream further than its events', batch({ added: '{2}' }), { code: 'AG006' }],
    ['moves the head back', batch({ counts: '{-1}' }), { code: 'AG003' }],
    ['moves a stream back', batch({ added: '{-1}' }), { code: 'AG003' }],
    ['moves the head by nobody knows how many', batch({ counts: '{null}' }), { code: 'AG003' }],
    ['moves a stream by nobody knows how many', batch({ added: '{null}' }), { code: 'AG003' }],
    ['moves a stream unseen', batch({ counts: '{0}', added: '{{1}}', place: 0 }), { code: 'AG003' }],
    ['moves a head unseen', batch({ counts: '{{5}}', added: '{}', place: 0 }), { code: 'AG003' }],
    ['moves a head without a stream', batch({ counts: '{5}', added: '{}', place: 0 }), { code: 'AG006' }],
    [
      'moves another service’s mark by an empty append',
      ({ log }) => log.append(request({ handles: 3, events: [] })),
      WrongRoleError,
    ],
    [
      'parks for another service',
      ({ log }) => log.park({ service: 'gateway', partition: 0, position: 2, storyId: 's1', error: 'e' }),
      WrongRoleError,
    ],
    ...(['gateway', 'conflict-flow'] as const).map((service): [string, Attack, new () => Error] => [
      `keeps a snapshot of another service's stream, as ${service}`,
      ({ log }) =>
        log.keepSnapshot({ service, partition: 0, streamId: 'game-s1', decider: 'd', version: 1, state: {} }),
      service === 'gateway' ? WrongRoleError : CategoryOwnedError,
    ]),
    ['registers another service', ({ log }) => log.register('social-circle', [0], 'head'), WrongRoleError],
    ['claims in another service’s name', ({ log }) => log.claim('gateway', ['free']), WrongRoleError],
    ['claims another service’s category', ({ log }) => log.claim('conflict-flow', ['game']), CategoryOwnedError],
    [
      'binds another service to itself',
      ({ pool, role }) => pool.query('select agon_log.bind_service($1, $2)', ['gateway', role]),
      REFUSED,
    ],
    ...tables.flatMap((table): [string, Attack, object][] => [
      [`inserts into ${table}`, sql(`insert into agon_log.${table} select * from agon_log.${table}`), REFUSED],
      [`deletes from ${table}`, sql(`delete from agon_log.${table}`), REFUSED],
      [`truncates ${table}`, sql(`truncate agon_log.${table}`), REFUSED],
      [`drops ${table}`, sql(`drop table agon_log.${table}`), REFUSED],
      [
        `hangs a trigger on ${table}`,
        sql(`create trigger t after insert on agon_log.${table}
        for each row execute function suppress_redundant_updates_trigger()`),
        REFUSED,
      ],
    ]),
    ['rewrites an event', sql(`update agon_log.events set data = '{}'`), REFUSED],
    ['sets a head back', sql('update agon_log.log_partitions set head = 0'), REFUSED],
    ['sets a mark back', sql('update agon_log.handled set position = 0'), REFUSED],
    ['locks a partition', sql('select from agon_log.log_partitions for update'), REFUSED],
    ['becomes the owner', sql('set role agon'), REFUSED],
    ['becomes the owner from the start', sql('set session authorization agon'), REFUSED],
    ['becomes another service', ({ pool }) => pool.query(`set role ${logins.gateway.role}`), REFUSED],
    [
      'replaces the check',
      sql(`create or replace function agon_log.check_caller(_service text) returns void language sql as ''`),
      REFUSED,
    ],
    ['loosens a function', sql('alter function agon_log.claim_categories security invoker'), REFUSED],
    ['adds to the schema', sql('create table agon_log.mine (n integer)'), REFUSED],
    ['makes a schema', sql('create schema mine'), REFUSED],
    ['runs a program', sql(`copy (select 1) to program 'true'`), REFUSED],
  ];

  it.each(attacks)('refuses what %s', async (_, attack, refusal) => {
    const before = await everything();
    const error: unknown = await attack(flow).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    if (typeof refusal === 'function') expect(error).toBeInstanceOf(refusal);
    else expect(error).toMatchObject(refusal);
    expect(isTransient(error)).toBe(false);
    expect(await everything()).toEqual(before);
  });

  it('appends to no category of another service', async () => {
    const before = await everything();
    const outcome = await flow.log.append(flowRequest({ events: [newEvent()] }));
    expect(outcome).toEqual({ outcome: 'not-owner', category: 'game' });
    expect(await everything()).toEqual(before);
  });

  /** Each stands in for something of Postgres that the functions use, once it is found first. */
  const shadows: [string, string][] = [
    [
      'split_part',
      `create function own.split_part(text, text, integer) returns text language sql as $$select 'flow'$$`,
    ],
    ['pg_has_role', `create function own.pg_has_role(name, name, text) returns boolean language sql as 'select true'`],
    [
      'the operator =',
      `create function own.equal(text, text) returns boolean language sql as 'select true';
       create operator own.= (leftarg = text, rightarg = text, function = own.equal);`,
    ],
  ];

  it.each(shadows)('gains nothing by a %s of its own', async (_, create) => {
    const client = await flow.pool.connect();
    try {
      await client.query('begin');
      await client.query(create);
      await client.query('commit');
      await client.query('set search_path = own, pg_temp, pg_catalog');
      const before = await everything();
      const shadowed = new PgEventLog(client);
      expect(await shadowed.append(flowRequest({ events: [newEvent()] }))).toMatchObject({ outcome: 'not-owner' });
      await expect(shadowed.append(request())).rejects.toThrow(WrongRoleError);
      await expect(shadowed.claim('gateway', ['free'])).rejects.toThrow(WrongRoleError);
      await expect(shadowed.register('gateway', [5], 'head')).rejects.toThrow(WrongRoleError);
      await expect(
        shadowed.park({ service: 'gateway', partition: 0, position: 2, storyId: 's1', error: 'e' }),
      ).rejects.toThrow(WrongRoleError);
      expect(await everything()).toEqual(before);
    } finally {
      client.release(true);
      await pg.pool.query(`drop schema own cascade; create schema own authorization ${flow.role}`);
    }
  });

  it('has every right that its own work needs', async () => {
    const { log, pool } = flow;
    await log.claim('conflict-flow', ['flow', 'conflict']);
    await batch({})(flow);
    await warmAppends(pool, 'conflict-flow', 'flow', 2);
    await log.register('conflict-flow', [0, 1], 'head');
    expect((await log.marks(1)).get('conflict-flow')).toBe(0);
    const events = await stored(log, flowRequest({ handles: 2 }));
    await log.park({ service: 'conflict-flow', partition: 0, position: 3, storyId: 's2', error: 'e' });
    expect(await log.parked('conflict-flow')).toMatchObject([{ position: 3, storyId: 's2' }]);
    expect((await log.marks(0)).get('conflict-flow')).toBe(3);
    expect((await log.readPartition(0, 0, 100)).at(-1)).toEqual(events.at(-1));
    expect(await log.readAt(0, [1])).toHaveLength(1);
    expect((await log.heads()).get(0)).toBe(6);
  });

  it('may do nothing to any table but read it', async () => {
    const { rows } = await pg.pool.query<{ table: string; rights: string[] }>(
      `select c.relname as table, array_agg(p) as rights
       from pg_class c, unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger',
         'maintain']) as p
       where relnamespace = 'agon_log'::regnamespace and relkind = 'r' and has_table_privilege($1, c.oid, p)
       group by 1 order by 1`,
      [flow.role],
    );
    expect(rows).toEqual(tables.map((table) => ({ table, rights: ['select'] })));
  });

  it('is looked at by every function that lends the owner’s rights, on a fixed search path', async () => {
    const { rows } = await pg.pool.query<{ name: string; body: string; settings: string[] }>(
      `select proname as name, prosrc as body, proconfig as settings from pg_proc
       where pronamespace = 'agon_log'::regnamespace and prosecdef order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'append_batch',
        'append_events',
        'claim_categories',
        'keep_snapshot',
        'park_message',
        'register_service',
      ]),
    );
    for (const { body, settings } of rows) {
      expect(body).toContain('perform agon_log.check_caller(_service);');
      expect(settings).toContain('search_path=pg_catalog, pg_temp');
    }
  });
});
