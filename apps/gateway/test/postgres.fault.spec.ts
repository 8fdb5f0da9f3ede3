import { type ToldInput } from '@agon/testing/laws';
import { Players, SYNC, eventually, problemIn, send, sendUntilComplete, write } from '@agon/testing/load';
import { brokenLaws } from './laws.ts';
import { castStory } from './prepared-story.ts';
import { START_MS, type System, startSystem } from './system.ts';

let system: System;
/** What was played, for the laws. */
const told: ToldInput[] = [];

beforeAll(async () => {
  system = await startSystem();
}, START_MS);
afterAll(() => system?.stop());

describe('a Postgres that is killed', () => {
  it('has kept all that was accepted; play goes on when it is back', async () => {
    const players = new Players(system.urls);
    players.start(4);
    await players.goOn(20);
    for (let kills = 0; kills < 2; kills += 1) {
      const before = players.failures;
      await system.stack.postgres.kill9();
      // It may be back sooner than anybody has asked for anything.
      await eventually('a player notices', () => players.failures > before);
      await system.stack.postgres.start();
      await players.goOn(20, 60_000);
    }
    await players.stop();
    expect(players.told.filter(({ failures }) => failures > 0).length).toBeGreaterThan(0);
    expect(await players.repeatAll()).toEqual([]);
    told.push(...players.told);
  });

  it('is told as 503 while it is away, to writes and to reads, and no process ends', async () => {
    const storyId = await castStory(system.url, 'away');
    const pids = system.stack.processes.map(({ pid }) => pid);
    const request = write('sync', storyId, '', SYNC, 'sync-away');
    await system.stack.postgres.kill9();
    try {
      const feed = { method: 'GET', path: `/v1/stories/${storyId}/feed` } as const;
      for (const sent of [
        request,
        { method: 'POST', path: '/v1/stories', key: 'new', body: { seed: 's' } } as const,
        feed,
      ]) {
        const reply = await send(system.url, sent);
        expect(problemIn(reply)).toMatchObject({ status: 503, code: 'unavailable' });
      }
    } finally {
      await system.stack.postgres.start();
    }
    expect((await sendUntilComplete(system.url, request)).status).toBe(200);
    expect(system.stack.processes.map(({ pid }) => pid)).toEqual(pids);
  });
});

it('obeys every law after all of this', async () => {
  expect(await brokenLaws(system, told)).toEqual([]);
});
