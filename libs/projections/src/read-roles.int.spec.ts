import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { counter, event } from '../test/examples.ts';
import { GivenLog, startReadModels, type TestReadModels } from '../test/read-models.ts';
import { readShown } from './checkpoints.ts';
import { prepareProjections } from './prepare-projections.ts';
import { ProjectionRunner } from './projection-runner.ts';
import { openReadDataSource } from './read-data-source.ts';
import { readModel } from './read-model.ts';
import { provisionReadModels } from './read-roles.ts';

/** SQLSTATE insufficient_privilege. */
const REFUSED = { code: '42501' };
const projections = [counter];
const setOf = (service: string) => ({ service, projections, partitions: 2 });

describe('the role of a service', () => {
  let store: TestReadModels;
  let log: GivenLog;
  /** Roles are the whole cluster's. */
  let roles: { keeper: string; thief: string };
  let sources: DataSource[];
  let keeper: DataSource;
  let thief: DataSource;

  const connect = async (role: string): Promise<DataSource> => {
    const url = new URL(store.url);
    url.username = role;
    const source = await openReadDataSource(url.href, role, 2);
    sources.push(source);
    return source;
  };
  const provision = () =>
    provisionReadModels(store.dataSource, [
      { service: 'thing-keeper', role: roles.keeper },
      { service: 'thing-thief', role: roles.thief },
    ]);
  const fold = async (service: string, dataSource: DataSource) => {
    await prepareProjections(dataSource, setOf(service));
    await new ProjectionRunner({ ...setOf(service), dataSource, log, partition: 0, batch: 2 }).run();
    return readModel(dataSource, service, counter).docs(0, 'p0_a');
  };
  const everything = () =>
    store.dataSource.query(
      `select (select jsonb_agg(c order by c) from agon_read.checkpoints c) as checkpoints,
         (select jsonb_agg(p order by p) from agon_read.parked p) as parked,
         (select jsonb_agg(g order by g) from agon_read.generations g) as generations,
         (select jsonb_agg(o order by o) from agon_read.operations o) as operations,
         (select jsonb_agg(t order by t) from agon_read.thing_keeper_act_counter_v1 t) as rows`,
    );

  beforeEach(async () => {
    store = await startReadModels();
    sources = [];
    log = new GivenLog();
    log.add(event(1, 'Acted', { by: 'ann' }), event(2, 'Broken', {}, 'p0_b'), event(3, 'Acted', { by: 'bob' }));
    const suffix = randomBytes(6).toString('hex');
    roles = { keeper: `keeper_${suffix}`, thief: `thief_${suffix}` };
    for (const role of Object.values(roles)) await store.dataSource.query(`create role ${role} login`);
  }, 300_000);
  afterEach(async () => {
    for (const source of sources) await source.destroy();
    await store.stop();
  });

  describe('once provisioned', () => {
    beforeEach(async () => {
      await provision();
      [keeper, thief] = [await connect(roles.keeper), await connect(roles.thief)];
      await fold('thing-keeper', keeper);
    });

    it('has every right that its own work needs', async () => {
      expect(await fold('thing-keeper', keeper)).toMatchObject([{ key: 'ann' }, { key: 'bob' }]);
      const [first] = await readShown(keeper, setOf('thing-keeper'), [0]);
      expect(first?.live).toMatchObject([{ position: 3, parked: new Set(['p0_b']) }]);
      await keeper.query(`update agon_read.checkpoints set position = 0 where service = 'thing-keeper'`);
      await keeper.query(`delete from agon_read.parked where service = 'thing-keeper'`);
    });

    const refused: [string, string][] = [
      ['reads another’s read model', 'select from agon_read.thing_keeper_act_counter_v1'],
      ['inserts into it', `insert into agon_read.thing_keeper_act_counter_v1 values (0, 's', 'k', 1, '{}')`],
      ['updates it', 'update agon_read.thing_keeper_act_counter_v1 set doc = doc'],
      ['empties it', 'truncate agon_read.thing_keeper_act_counter_v1'],
      ['drops it', 'drop table agon_read.thing_keeper_act_counter_v1'],
      ['indexes it', 'create index on agon_read.thing_keeper_act_counter_v1 (key)'],
      ['makes a checkpoint of another', `insert into agon_read.checkpoints values ('thing-keeper', 'x', 1, 1, 0, 0)`],
      ['parks for another', `insert into agon_read.parked values ('thing-keeper', 'x', 1, 1, 0, 's', 1, 'e')`],
      [
        'has its table built anew',
        `insert into agon_read.operations (kind, service, name) values ('rebuild', 'thing-keeper', 'act-counter')`,
      ],
      ['replaces its view', 'create or replace view agon_read.thing_keeper_act_counter as select 1 as partition'],
      ['empties the checkpoints', 'truncate agon_read.checkpoints'],
      ['lifts the policy', 'alter table agon_read.checkpoints disable row level security'],
      ['widens the policy', 'alter policy "thing-thief" on agon_read.checkpoints using (true)'],
      ['drops the schema', 'drop schema agon_read cascade'],
    ];
    it.each(refused)('refuses what %s', async (_, attack) => {
      const before = await everything();
      await expect(thief.query(attack)).rejects.toMatchObject(REFUSED);
      expect(await everything()).toEqual(before);
    });

    it('finds no rows of another in the shared tables', async () => {
      const before = await everything();
      await thief.query('update agon_read.checkpoints set position = 9');
      await thief.query('delete from agon_read.checkpoints');
      await thief.query('delete from agon_read.parked');
      await thief.query(`update agon_read.generations set state = 'retired'`);
      await thief.query('delete from agon_read.operations');
      expect(await thief.query('select * from agon_read.checkpoints for update')).toEqual([]);
      await thief.query(`insert into agon_read.checkpoints values ('thing-thief', 'x', 1, 1, 0, 0)`);
      await expect(thief.query(`update agon_read.checkpoints set service = 'thing-keeper'`)).rejects.toMatchObject(
        REFUSED,
      );
      await thief.query('delete from agon_read.checkpoints');
      expect(await everything()).toEqual(before);
    });

    it('is not lured into a table that another made in its name', async () => {
      await thief.query('create table agon_read.thing_keeper_act_counter_v2 (like agon_read.checkpoints)');
      await expect(fold('thing-keeper', keeper)).rejects.toThrow(`belongs to role "${roles.thief}"`);
      await provision();
      await expect(fold('thing-keeper', keeper)).rejects.toThrow(`belongs to role "${roles.thief}"`);
    });
  });

  it('gets the read models that the owner made before', async () => {
    const rows = await fold('thing-keeper', store.dataSource);
    await provision();
    keeper = await connect(roles.keeper);
    log.add(event(4, 'Acted', { by: 'cid' }));
    expect(await fold('thing-keeper', keeper)).toEqual([...rows, expect.objectContaining({ key: 'cid' })]);
    // And the owner can still do the service's work.
    log.add(event(5, 'Acted', { by: 'dan' }));
    expect(await fold('thing-keeper', store.dataSource)).toHaveLength(4);
  });

  it('can be given and looked after by an owner that is no superuser', async () => {
    const owner = `owner_${randomBytes(6).toString('hex')}`;
    await store.dataSource.query(`create role ${owner} login createrole`);
    await store.dataSource.query(`grant ${roles.keeper} to ${owner} with admin option, inherit false, set false`);
    await store.dataSource.query(`grant create on database ${new URL(store.url).pathname.slice(1)} to ${owner}`);
    const owning = await connect(owner);
    const rows = await fold('thing-keeper', owning);
    const role = { service: 'thing-keeper', role: roles.keeper };
    await provisionReadModels(owning, [role]);
    await provisionReadModels(owning, [role]);
    expect(await fold('thing-keeper', await connect(roles.keeper))).toEqual(rows);
    expect(await fold('thing-keeper', owning)).toEqual(rows);
  });

  it('is told what to do when nothing was provisioned', async () => {
    keeper = await connect(roles.keeper);
    await expect(prepareProjections(keeper, setOf('thing-keeper'))).rejects.toMatchObject(REFUSED);
    await prepareProjections(store.dataSource, setOf('thing-keeper'));
    await expect(prepareProjections(keeper, setOf('thing-keeper'))).rejects.toThrow('run "./agon provision"');
  });
});
