import * as fc from 'fast-check';
import { categoryOf, type AppendRequest, type EventLog, type ExpectedVersion, type JsonObject } from '../src/index.ts';

/** Something done to a log; the answer, or the name of the error. */
export type LogCommand = (log: EventLog, partition: number) => Promise<unknown>;

/** Few stories, streams and ids, so that commands meet. */
const stories = ['s1', 's2'];
const services = ['gateway', 'conflict-flow', 'social-circle'];
const owned: Record<string, string> = { game: 'gateway', flow: 'conflict-flow' };
const streamsOf = (story: string): string[] => [`game-${story}`, `flow-${story}`, `flow-${story}-x`, `lonely-${story}`];
const eventIds = Array.from({ length: 8 }, (_, n) => `00000000-0000-5000-8000-00000000000${n}`);

const json: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.double({ noNaN: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.integer(), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 3 }), fc.integer(), { maxKeys: 3 }),
  ),
  { maxKeys: 4 },
);

const expectation: fc.Arbitrary<ExpectedVersion> = fc.oneof(
  fc.constantFrom<ExpectedVersion>('none', 'any', 'any'),
  fc.nat({ max: 6 }),
);

/** Mostly the owner of the first stream, so that many appends get through. */
const serviceFor = (streamId: string | undefined): fc.Arbitrary<string> => {
  const owner = owned[categoryOf(streamId ?? 'game-s1')];
  const anyone = fc.constantFrom(...services);
  return owner === undefined ? anyone : fc.oneof({ weight: 8, arbitrary: fc.constant(owner) }, anyone);
};

const append: fc.Arbitrary<LogCommand> = fc.constantFrom(...stories).chain((storyId) =>
  fc.array(fc.constantFrom(...streamsOf(storyId)), { maxLength: 3 }).chain((streamIds) =>
    fc
      .record({
        service: serviceFor(streamIds[0]),
        correlationId: fc.constantFrom('c1', 'c2'),
        handles: fc.option(fc.nat({ max: 8 }), { nil: undefined, freq: 2 }),
        expected: fc.dictionary(fc.constantFrom(...streamsOf(storyId)), expectation, { maxKeys: 2 }),
        ids: fc.tuple(...streamIds.map(() => fc.oneof(fc.uuid({ version: 5 }), fc.constantFrom(...eventIds)))),
        data: fc.tuple(...streamIds.map(() => json)),
      })
      .map(({ service, correlationId, handles, expected, ids, data }): LogCommand => {
        const request: Omit<AppendRequest, 'partition'> = {
          service,
          storyId,
          correlationId,
          handles,
          expected: new Map(Object.entries(expected)),
          events: streamIds.map((streamId, n) => ({
            streamId,
            eventId: ids[n] ?? '',
            type: 'SceneSynced',
            schemaVersion: 1,
            data: data[n] ?? {},
            metadata: { game: 'local', source: 'game', depth: 0, actor: n === 0 ? undefined : 'player' },
          })),
        };
        return (log, partition) => log.append({ ...request, partition });
      }),
  ),
);

/** An append that nothing speaks against, but that its story is parked. */
const welcome: fc.Arbitrary<LogCommand> = fc
  .record({ storyId: fc.constantFrom(...stories), ids: fc.array(fc.uuid({ version: 5 }), { maxLength: 3 }) })
  .map(({ storyId, ids }) => (log, partition) => {
    const events = ids.map((eventId) => ({
      streamId: `game-${storyId}`,
      eventId,
      type: 'SceneSynced',
      schemaVersion: 1,
      data: {},
      metadata: { game: 'local', source: 'game', depth: 0 },
    }));
    const request = { partition, service: 'gateway', storyId, correlationId: 'c1' };
    return log.append({ ...request, expected: new Map([[`game-${storyId}`, 'any']]), events });
  });

const park: fc.Arbitrary<LogCommand> = fc
  .record({
    service: fc.constantFrom(...services),
    position: fc.integer({ min: 1, max: 8 }),
    storyId: fc.constantFrom(...stories),
    error: fc.constantFrom('refused\0', null),
    onlyBehind: fc.boolean(),
  })
  .map((message) => (log, partition) => log.park({ ...message, partition }));

/** Asks for a story's redrive, or handles the message that is next in it, which may be parked. */
const redrive: fc.Arbitrary<LogCommand> = fc
  .record({
    service: fc.constantFrom(...services),
    storyId: fc.constantFrom(...stories),
    handled: fc.boolean(),
  })
  .map(({ service, storyId, handled }) => async (log, partition) => {
    if (!handled) return log.requestRedrive(service, { partition, storyId });
    const first = await log.firstParked(service, { partition, storyId });
    const request = { partition, service, storyId, correlationId: 'c1', expected: new Map(), events: [] };
    return first === undefined ? 'nothing is parked' : log.append({ ...request, handles: first.position });
  });

const register: fc.Arbitrary<LogCommand> = fc
  .record({ service: fc.constantFrom(...services), from: fc.constantFrom<'start' | 'head'>('start', 'head') })
  .map(
    ({ service, from }) =>
      (log, partition) =>
        log.register(service, [partition], from),
  );

const claim: fc.Arbitrary<LogCommand> = fc
  .record({ service: fc.constantFrom(...services), categories: fc.subarray(['game', 'flow', 'free', 'other']) })
  .map(
    ({ service, categories }) =>
      (log) =>
        log.claim(service, categories),
  );

const inOnePartition: fc.WeightedArbitrary<LogCommand>[] = [
  { weight: 20, arbitrary: append },
  { weight: 2, arbitrary: park },
  { weight: 1, arbitrary: redrive },
  { weight: 2, arbitrary: register },
];

const sequenceOf = (commands: fc.WeightedArbitrary<LogCommand>[]): fc.Arbitrary<LogCommand[]> =>
  fc.array(fc.oneof(...commands), { minLength: 5, maxLength: 40, size: 'max' });

/** Sequences of commands, most of them appends. */
export const logCommands = sequenceOf([...inOnePartition, { weight: 1, arbitrary: claim }]);

/** The same without those that touch more than one partition, and with enough that succeeds for it to be stored together. */
export const partitionCommands = sequenceOf([...inOnePartition, { weight: 60, arbitrary: welcome }]);
