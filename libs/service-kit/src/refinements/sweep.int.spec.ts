import { randomUUID } from 'node:crypto';
import { type RefinementRequest, examples, partitionOf, refinementStream } from '@agon/contracts';
import type { StoredEvent } from '@agon/event-store';
import { type TestDatabase, type TestNats, createDatabase, startNats, waitUntil } from '@agon/testing';
import { parseConfig } from '../config.ts';
import { baseConfig, portVariable } from '../base-config.ts';
import { createLogger } from '../logs.ts';
import { Metrics } from '../metrics.ts';
import { StoryRuntime } from '../story/story-runtime.ts';
import { RefinementMetrics } from './refinement-metrics.ts';
import { refinementStatusOf } from './refinement-status.ts';
import { Refinements } from './refinements.ts';
import { Sweep } from './sweep.ts';

const service = 'conflict-flow';
const status = refinementStatusOf(service);
const PAST = -60_000;

let nats: TestNats;
let database: TestDatabase;
let runtime: StoryRuntime;
let sweep: Sweep;
let registry: Metrics;

beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats.remove());

beforeEach(async () => {
  database = await createDatabase();
  const parsed = parseConfig(baseConfig.extend({ AGON_PORT: portVariable(0) }), {
    DATABASE_URL: database.url,
    NATS_URL: nats.url,
    AGON_PARTITIONS: '4',
  });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  const logger = createLogger(service, 'silent');
  registry = new Metrics(service);
  runtime = await StoryRuntime.open({
    service,
    config: parsed.config,
    code: import.meta.dirname,
    projections: [status],
    settleMs: 5,
    logger,
    metrics: registry,
  });
  await runtime.start();
  const metrics = new RefinementMetrics(registry);
  const refinements = new Refinements(service, runtime.parts.decisions, metrics);
  sweep = new Sweep({ runtime, refinements, status, metrics });
});
afterEach(async () => {
  await sweep.stop();
  await runtime.close();
  await database.drop();
});

const storyOf = (partition: number): string => `p${partition}_${randomUUID().replaceAll('-', '').slice(0, 16)}`;

/** Stores a request as its owner would, due so many milliseconds from now. */
async function request(storyId: string, id: string, dueMs: number): Promise<StoredEvent> {
  const data: RefinementRequest = {
    ...examples.RefinementRequested,
    refinementId: `${id}-r1`,
    task: 'flow.beat_prose',
    owner: service,
    key: id,
    deadline: new Date(Date.now() + dueMs).toISOString(),
  };
  const eventId = randomUUID();
  const outcome = await runtime.parts.log.append({
    partition: partitionOf(storyId),
    service,
    storyId,
    correlationId: eventId,
    expected: new Map(),
    events: [
      {
        streamId: refinementStream(service, storyId, 'c1'),
        eventId,
        type: 'RefinementRequested',
        schemaVersion: 1,
        data,
        metadata: { game: 'local', source: service, depth: 1, inputSequence: 1 },
      },
    ],
  });
  const [stored] = outcome.outcome === 'appended' ? outcome.events : [];
  if (stored === undefined) throw new Error(`not stored: ${outcome.outcome}`);
  return stored;
}

async function expired(storyId: string): Promise<unknown[]> {
  const stored = await runtime.parts.log.readStream(partitionOf(storyId), refinementStream(service, storyId, 'c1'));
  return stored.flatMap(({ type, data }) => (type === 'RefinementExpired' ? [data['refinementId']] : []));
}

const folded = (of: StoredEvent) =>
  waitUntil('the request is folded', () => runtime.parts.projections.position(of.partition) >= of.position);

describe('the sweep', () => {
  it('settles what is past its deadline, all of a stream in one append, and nothing else', async () => {
    const storyId = storyOf(1);
    await request(storyId, 'a', PAST);
    await request(storyId, 'b', PAST);
    await folded(await request(storyId, 'c', 60_000));
    sweep.start();
    await waitUntil('expired', async () => (await expired(storyId)).length > 0);
    expect(await expired(storyId)).toEqual(['a-r1', 'b-r1']);
  });

  it('leaves the streams behind one that refuses not open: a parked story holds up itself alone', async () => {
    const [parked, other] = [storyOf(2), storyOf(3)];
    const first = await request(parked, 'a', 2 * PAST);
    await folded(first);
    await folded(await request(other, 'a', PAST));
    await runtime.parts.log.park({ service, partition: 2, position: first.position, storyId: parked, error: 'poison' });
    sweep.start();
    await waitUntil('the other one expired', async () => (await expired(other)).length > 0);
    expect(await expired(parked)).toEqual([]);
    await waitUntil('what can not be settled shows as overdue', async () =>
      /^agon_refinements_overdue\{[^}]*\} 1$/m.test(await registry.registry.metrics()),
    );
  });

  it('settles what falls due while its read model lags behind what it has settled before', async () => {
    const storyId = storyOf(0);
    await request(storyId, 'a', PAST);
    await folded(await request(storyId, 'b', 1_500));
    // From now on the rows stay as they are.
    await runtime.parts.projections.stop();
    sweep.start();
    await waitUntil('both expired', async () => (await expired(storyId)).length === 2);
    expect(await expired(storyId)).toEqual(['a-r1', 'b-r1']);
  });
});
