import { createDatabase, type TestDatabase, waitUntil } from '@agon/testing';
import { Client } from 'pg';
import { closedLoop } from '../closed-loop.ts';
import { storyIn } from '../stories.ts';
import { type AgonLog, SERVICES, agonWriters, openAgon, prepareAgon } from './agon.ts';
import { emmettWriters, openEmmett } from './emmett.ts';
import { agonTurns, emmettTurns } from './turn.ts';

const TURNS = 3;
/** Of one turn, over all services. */
const FACTS = 9;

let database: TestDatabase;
let agon: AgonLog;

beforeEach(async () => {
  database = await createDatabase();
  await prepareAgon(database.url);
  agon = openAgon(database.url);
}, 60_000);

afterEach(async () => {
  await agon.close();
  await database.drop();
});

/** emmett's `close` comes back before its connections have ended; one that is cut off fails the process. */
async function left(url: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'bench watch' });
  await client.connect();
  await waitUntil('emmett has left', async () => {
    const { rows } = await client.query(
      `select from pg_stat_activity where datname = current_database() and application_name not like 'bench%'
       and backend_type = 'client backend'`,
    );
    return rows.length === 0;
  });
  await client.end();
}

describe('what is measured', () => {
  it('appends with the version that the writer left', async () => {
    const perSecond = await closedLoop(
      { writers: 4, milliseconds: 200, leadInMs: 0 },
      agonWriters(agon.log, 'test', 10),
    );
    expect(perSecond).toBeGreaterThan(0);
    const heads = [...(await agon.log.heads()).values()];
    expect(heads.reduce((sum, head) => sum + head, 0) % 10).toBe(0);
  });

  it('takes turns as the services do: each handles the message before, and moves its mark to it', async () => {
    const turn = agonTurns(agon.log, 5, 'turns');
    for (let n = 0; n < TURNS; n += 1) await turn();
    const events = await agon.log.readStory(5, storyIn(5, 'turns').storyId, 0, 1_000);
    expect(events).toHaveLength(TURNS * FACTS);
    const lastInput = events.findLast(({ type }) => type === 'PlayerChoiceMade')?.position;
    const lastJudged = events.findLast(({ type }) => type === 'ChoiceApplied')?.position;
    const marks = await agon.log.marks(5);
    expect(SERVICES.map((service) => marks.get(service))).toEqual([undefined, lastInput, lastJudged, lastJudged]);
  });

  it('has emmett store the same facts', async () => {
    const store = await openEmmett(database.url);
    const write = emmettWriters(store, 'test', 10);
    await write(0);
    await write(0);
    expect((await store.readStream('flow-testw0')).events).toHaveLength(20);
    const turn = emmettTurns(store, 5, 'turns');
    for (let n = 0; n < TURNS; n += 1) await turn();
    const { storyId } = storyIn(5, 'turns');
    const streams = await Promise.all(SERVICES.map((service) => store.readStream(`${service}-${storyId}`)));
    expect(streams.map(({ events }) => events.length)).toEqual([TURNS, TURNS * 3, TURNS * 3, TURNS * 2]);
    await store.close();
    await left(database.url);
  }, 30_000);
});
