import * as fc from 'fast-check';
import { MemoryEventLog, type StoredEvent } from '@agon/event-store';
import { appendInput } from '../test/inputs.ts';
import { Recorder } from '../test/recorder.ts';
import { MAX_DEPTH, MAX_EVENTS } from './cascade.ts';
import { Decisions } from './decisions.ts';

/** Services that answer everything that any of them says, for ever. */
const SERVICES = ['ping', 'pong', 'pang'];
const decider = { initialState: (): number => 0, evolve: (sum: number): number => sum + 1 };
const select = ({ type, data }: StoredEvent) => (type === 'Said' ? { type, data } : undefined);

interface World {
  readonly log: MemoryEventLog;
  readonly recorder: Recorder;
  /** Lets a service handle a message; a message that was handled decides nothing. */
  readonly tell: (service: string, message: StoredEvent) => Promise<void>;
}

const worldOf = async (services: readonly string[], answers: number): Promise<World> => {
  const log = new MemoryEventLog();
  const recorder = new Recorder();
  await log.claim('gateway', ['game']);
  for (const service of services) await log.claim(service, [service]);
  const deciders = new Map(
    services.map((service) => {
      const { metrics, logger } = recorder;
      return [service, new Decisions({ service, log, isSettlement: (type) => type === 'Settled', metrics, logger })];
    }),
  );
  const tell = async (service: string, message: StoredEvent): Promise<void> => {
    const use = { streamId: `${service}-${message.storyId}`, decider, select };
    await deciders
      .get(service)
      ?.handle(message, { use }, () => [
        { stream: 'use', events: Array.from({ length: answers }, (_, n) => ({ type: 'Said', data: { n } })) },
      ]);
  };
  return { log, recorder, tell };
};

const everything = (log: MemoryEventLog): Promise<StoredEvent[]> => log.readPartition(0, 0, 1_000_000);

/** Lets every service handle every message of the others, and some of them twice, until nobody has anything left. */
const run = async ({ log, tell }: World, services: readonly string[], order: (length: number) => number) => {
  const marks = new Map(services.map((service) => [service, 0]));
  const events: StoredEvent[] = [];
  for (;;) {
    events.push(...(await log.readPartition(0, events.length, 1_000)));
    const behind = services.filter((service) => (marks.get(service) ?? 0) < events.length);
    const service = behind[order(behind.length)];
    if (service === undefined) return events;
    const mark = marks.get(service) ?? 0;
    const message = events[mark];
    if (message !== undefined && message.type !== 'CascadeCut' && message.metadata.source !== service) {
      await tell(service, message);
      if (order(4) === 0) await tell(service, message);
    }
    marks.set(service, mark + 1);
  }
};

/** Ids of the events from which nothing may follow: too deep, or past the 256th of their correlation. */
const atLimit = (events: readonly StoredEvent[]): Set<string> => {
  const counts = new Map<string, number>();
  const ids = new Set<string>();
  for (const { eventId, correlationId, metadata } of events) {
    const ordinal = (counts.get(correlationId) ?? 0) + 1;
    counts.set(correlationId, ordinal);
    if (metadata.depth >= MAX_DEPTH || ordinal > MAX_EVENTS) ids.add(eventId);
  }
  return ids;
};

describe('a cascade', () => {
  it('of services that answer each other for ever stops at its limits, with one event for each message cut', async () => {
    const seen = new Set<string>();
    const anyWorld = fc.record({
      services: fc.subarray(SERVICES, { minLength: 2 }),
      answers: fc.integer({ min: 1, max: 2 }),
      inputs: fc.integer({ min: 1, max: 2 }),
      seed: fc.infiniteStream(fc.nat()),
    });
    const stops = fc.asyncProperty(anyWorld, async ({ services, answers, inputs, seed }) => {
      const world = await worldOf(services, answers);
      for (let n = 0; n < inputs; n += 1) await appendInput(world.log);
      const events = await run(world, services, (length) => (seed.next().value ?? 0) % Math.max(length, 1));
      const ends = atLimit(events);
      const cuts = events.filter(({ type }) => type === 'CascadeCut');
      const expected = events
        .filter(({ type }) => type !== 'CascadeCut')
        .filter(({ eventId }) => ends.has(eventId))
        .flatMap(({ eventId, metadata }) =>
          services.filter((service) => service !== metadata.source).map((service) => `${service} ${eventId}`),
        );
      const told = cuts.map(({ metadata }) => `${metadata.source} ${String(metadata.causationId)}`);
      expect(told.toSorted()).toEqual(expected.toSorted());
      const said = events.filter(({ type }) => type === 'Said');
      expect(said.filter(({ metadata }) => ends.has(metadata.causationId ?? ''))).toEqual([]);
      expect(world.recorder.said(/a cascade was cut/)).toBe(cuts.length);
      for (const { data } of cuts) seen.add(JSON.stringify(data['reason']));
    });
    await fc.assert(stops, { numRuns: 4, seed: 3 });
    expect([...seen].toSorted()).toEqual(['"depth"', '"events"']);
  }, 120_000);

  it('says what was cut, where it would have stood', async () => {
    const { log, recorder, tell } = await worldOf(['ping'], 2);
    const message = await appendInput(log, { type: 'Said', metadata: { depth: MAX_DEPTH, source: 'pong' } });
    await tell('ping', message);
    await tell('ping', message);
    const [, ...rest] = await everything(log);
    expect(rest).toMatchObject([
      {
        type: 'CascadeCut',
        streamId: `ping-${message.storyId}`,
        correlationId: message.correlationId,
        data: { reason: 'depth', limit: MAX_DEPTH, message: 'Said', dropped: ['Said'] },
        metadata: { causationId: message.eventId, depth: MAX_DEPTH + 1 },
      },
    ]);
    expect(recorder.of('cut Said depth')).toBe(1);
    expect((await log.marks(0)).get('ping')).toBe(message.position);
  });

  it('lets settlements through, and the message that decides nothing', async () => {
    const { log } = await worldOf(['ping'], 1);
    const decisions = new Decisions({ service: 'ping', log, isSettlement: (type) => type === 'Settled' });
    const use = { streamId: 'ping-p0_one', decider, select: ({ data }: StoredEvent) => ({ type: 'Settled', data }) };
    for (const events of [[{ type: 'Settled', data: {} }], []]) {
      const message = await appendInput(log, { metadata: { depth: MAX_DEPTH + 4, source: 'pong' } });
      const handled = await decisions.handle(message, { use }, () => [{ stream: 'use', events }]);
      expect(handled.events.map(({ type }) => type)).toEqual(events.map(({ type }) => type));
    }
  });

  it("begins anew with a model's result, and counts only the correlation's own events, only where it has to", async () => {
    const { log, tell } = await worldOf(['ping', 'pong'], 1);
    const asked: number[] = [];
    const count = log.countCorrelation.bind(log);
    log.countCorrelation = (...of) => {
      asked.push(of[3]);
      return count(...of);
    };
    const root = await appendInput(log);
    await tell('ping', root);
    for (let n = 0; n < MAX_EVENTS; n += 1) await appendInput(log);
    await tell('pong', (await everything(log)).at(1) ?? root);
    expect(asked).toEqual([]);
    const late = (await everything(log)).at(-1) ?? root;
    expect(late.metadata).toMatchObject({ depth: 2, cascadeStart: root.position });
    await tell('ping', late);
    expect(asked).toEqual([late.position]);
    const result = await appendInput(log, { metadata: { source: 'llm', depth: 0 } });
    await tell('ping', result);
    const events = await everything(log);
    expect(events.at(-1)?.metadata.cascadeStart).toBe(result.position);
    expect(events.filter(({ type }) => type === 'CascadeCut')).toEqual([]);
  });
});
