import type { StoredEvent } from '@agon/event-store';
import { waitUntil } from '@agon/testing';
import { decidedInputs, positionsOf } from '../test/counted-log.ts';
import { appendInput, storyIn } from '../test/inputs.ts';
import { bound } from '../test/replica.ts';
import { openWorld, type World } from '../test/world.ts';

const PARTITIONS = [0, 1, 2, 3];

describe('a service on Postgres and NATS', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(PARTITIONS);
  });
  afterAll(() => world.remove());

  it('decides every input once and in order, through two replicas, a lost one and a wiped broker', async () => {
    const gateway = await world.process('gateway');
    const first = await world.replica('first');
    await bound(first);
    const second = await world.replica('second');
    await bound(second);
    const inputs = new Map<string, StoredEvent[]>();
    const play = async (rounds: number): Promise<void> => {
      for (let n = 0; n < rounds; n += 1) {
        await Promise.all(
          PARTITIONS.map(async (partition) => {
            const stored = await appendInput(gateway.log, { partition, data: { by: 0.001 } });
            inputs.set(stored.storyId, [...(inputs.get(stored.storyId) ?? []), stored]);
          }),
        );
      }
    };
    await play(25);
    const dropped = first.nats.close();
    await play(25);
    await dropped;
    await play(10);
    await world.broker.kill9();
    world.broker.wipe();
    await play(25);
    await world.broker.start();
    await play(25);
    for (const partition of PARTITIONS) {
      const expected = positionsOf(inputs.get(storyIn(partition)) ?? []);
      expect(expected).toHaveLength(110);
      const decided = () => decidedInputs(gateway.log, partition);
      await waitUntil('all are decided', async () => (await decided()).length === expected.length, {
        within: 40_000,
        saw: () => [first, second].map(({ recorder, attempts }) => [recorder.lines, attempts.length]),
      });
      expect(await decided()).toEqual(expected);
    }
  });
});
