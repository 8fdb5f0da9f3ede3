import { setTimeout as delay } from 'node:timers/promises';
import { type History, type ToldInput, readHistory, readStreams } from '@agon/testing/laws';
import { Players, answerIn } from '@agon/testing/load';
import { brokenLaws, settled } from './laws.ts';
import { START_MS, type System, startSystem } from './system.ts';

/** How long the broker is away under play, in milliseconds; what the fault is, not a wait for something. */
const AWAY_MS = 5_000;

let system: System;
/** What was played, for the laws. */
const told: ToldInput[] = [];

beforeAll(async () => {
  system = await startSystem();
}, START_MS);
afterAll(() => system?.stop());

const isPending = ({ reply }: Players['told'][number]): boolean => answerIn(reply).pending.length > 0;

describe('a broker that is away for 5 s under play', () => {
  it('holds up no input: answers come as pending, everything catches up after, nothing is decided twice', async () => {
    const players = new Players(system.urls);
    players.start(4);
    await players.goOn(24);
    await system.stack.nats.stop();
    const from = players.told.length;
    const back = delay(AWAY_MS);
    await players.goOn(24);
    await back;
    const meanwhile = players.told.slice(from);
    await system.stack.nats.start();
    await players.goOn(24);
    await players.stop();
    // Each player may have had one call under way when the broker went.
    expect(meanwhile.filter(({ failures }) => failures > 0)).toEqual([]);
    expect(meanwhile.slice(4).filter((told) => !isPending(told))).toEqual([]);
    expect(await players.repeatAll()).toEqual([]);
    told.push(...players.told);
  });
});

/** By partition, what every service has handled. */
async function lowestMarks(history: History): Promise<Map<number, number>> {
  const lowest = new Map<number, number>();
  for (const partition of history.keys()) {
    lowest.set(partition, Math.min(...(await system.log.marks(partition)).values()));
  }
  return lowest;
}

describe('a broker that has lost its data', () => {
  it('is refilled from the log, from the first message that somebody still needs; nothing is decided twice', async () => {
    const players = new Players(system.urls);
    players.start(4);
    await players.goOn(24);
    await system.stack.nats.stop();
    const back = delay(AWAY_MS);
    // These are in the log alone.
    await players.goOn(24);
    // A service may tell the log up to a second later what it handled before; no mark moves any more after that.
    await back;
    const inLogAlone = await readHistory(system);
    const marks = await lowestMarks(inLogAlone);
    system.stack.nats.wipe();
    await system.stack.nats.start();
    await players.goOn(24);
    await players.stop();
    expect(await players.repeatAll()).toEqual([]);
    const history = await settled(system);
    const streams = await readStreams(system.stack.nats.url, history.keys());
    // The laws compare what is there with the log; here it must also begin early enough, and hold what was refilled.
    let refilled = 0;
    for (const [partition, events] of inLogAlone) {
      const { firstSeq = Infinity, lastSeq = 0 } = streams.get(partition) ?? {};
      expect(firstSeq).toBeLessThanOrEqual((marks.get(partition) ?? 0) + 1);
      refilled += Math.min(lastSeq, events.length) - firstSeq + 1;
    }
    expect(refilled).toBeGreaterThan(24);
    told.push(...players.told);
  });
});

describe('a broker that hangs', () => {
  it('holds up no input either', async () => {
    const players = new Players(system.urls);
    players.start(3);
    await players.goOn(12);
    system.stack.nats.pause();
    try {
      await players.goOn(12);
    } finally {
      system.stack.nats.resume();
    }
    await players.goOn(12);
    await players.stop();
    expect(await players.repeatAll()).toEqual([]);
    told.push(...players.told);
  });
});

it('obeys every law after all of this', async () => {
  expect(await brokenLaws(system, told)).toEqual([]);
});
