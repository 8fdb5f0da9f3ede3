import { type Answer, judging } from '@agon/contracts';
import { type ToldInput, storyOf, visibleOf } from '@agon/testing/laws';
import {
  type Sent,
  CHALLENGE,
  FeedFollower,
  Players,
  SYNC,
  answerIn,
  send,
  sendUntilComplete,
  write,
} from '@agon/testing/load';
import { brokenLaws, settled } from './laws.ts';
import { castStory, openConflict } from './prepared-story.ts';
import { START_MS, type System, startSystem } from './system.ts';

/** What scheduling on a busy machine may add to a deadline, in milliseconds. */
const MARGIN_MS = 1000;

let system: System;
/** What was played, for the laws. */
const told: ToldInput[] = [];

beforeAll(async () => {
  system = await startSystem({ gateway: 2 });
}, START_MS);
afterAll(() => system?.stop());

/** Sends it, and tries others like it when the machine was too busy for those who could have answered. */
async function answered(request: Sent, deadlineMs: number, pending: readonly string[]): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const key = attempt === 1 ? request.key : `${request.key}-${attempt}`;
    const reply = await send(system.url, { ...request, key });
    expect(reply.status).toBe(200);
    expect(reply.ms).toBeLessThan(deadlineMs + MARGIN_MS);
    const answer = answerIn(reply);
    expect(answer.pending).toEqual(expect.arrayContaining([...pending]));
    if (answer.pending.length > pending.length && attempt < 5) continue;
    expect(answer.pending).toEqual(pending);
    return answer;
  }
}

describe('while one service is killed', () => {
  it.each([
    { service: 'conflict-flow', choice: ['conflict-flow', 'stakeholder-actions'] },
    { service: 'stakeholder-actions', choice: ['stakeholder-actions'] },
    { service: 'social-circle', choice: [] },
  ])('$service: the others answer in time, and it catches up', async ({ service, choice }) => {
    const storyId = await castStory(system.url, `without-${service}`);
    await openConflict(system.url, storyId, 'c1');
    await settled(system);
    const choose = write('choices', storyId, 'c1', CHALLENGE, `choice-${service}`);
    const sync = write('sync', storyId, '', SYNC, `sync-${service}`);
    const victim = system.stack.process(service);
    await victim.kill9();
    const cut = await answered(choose, judging.PlayerChoiceMade.deadlineMs, choice);
    const synced = await answered(sync, judging.SceneSynced.deadlineMs, [service]);
    // Those who are there have answered.
    expect(cut.flow === undefined).toBe(service === 'conflict-flow');
    expect(cut.items.some(({ kind }) => kind === 'reaction')).toBe(service === 'social-circle');
    expect(synced.scene === undefined).toBe(service === 'conflict-flow');
    expect(synced.behaviours === undefined).toBe(service === 'stakeholder-actions');
    expect(synced.gossip === undefined).toBe(service === 'social-circle');
    expect(await system.client.state(storyId)).toMatchObject({ missing: [service], stale: true });
    await victim.start();
    const complete = answerIn(await sendUntilComplete(system.url, choose));
    expect(complete.items.some(({ kind }) => kind === 'reaction')).toBe(true);
    const whole = answerIn(await sendUntilComplete(system.url, sync));
    expect(whole).toMatchObject({ scene: expect.anything(), behaviours: expect.anything(), gossip: expect.anything() });
  });
});

describe('a gateway that is killed under load', () => {
  it('has stored what it answered; repeats under the same keys complete the rest, and nothing is stored twice', async () => {
    const players = new Players([system.url]);
    players.start(6);
    await players.goOn(20);
    const gateway = system.stack.process('gateway');
    for (let kills = 0; kills < 2; kills += 1) {
      await gateway.kill9();
      await gateway.start();
      await players.goOn(20);
    }
    await players.stop();
    // Otherwise nothing was under way when it was killed.
    expect(players.told.filter(({ failures }) => failures > 0).length).toBeGreaterThan(3);
    expect(await players.repeatAll()).toEqual([]);
    told.push(...players.told);
  });
});

describe('a reader whose stream is cut again and again under load', () => {
  it('misses nothing and gets nothing twice, through both gateways, one of which is killed', async () => {
    const players = new Players(system.urls);
    players.start(3);
    await players.goOn(6);
    const followers = players.storyIds.map((storyId) => new FeedFollower(system.urls, storyId, 7));
    try {
      await players.goOn(40);
      const gateway = system.stack.process('gateway-2');
      await gateway.kill9();
      await players.goOn(20);
      await gateway.start();
      await players.goOn(20);
      await players.stop();
      const history = await settled(system);
      for (const [n, storyId] of players.storyIds.entries()) {
        const visible = visibleOf(storyOf(history, storyId));
        const follower = followers[n];
        await follower?.reached(visible.at(-1)?.position ?? Infinity);
        expect(follower?.entries).toEqual(visible);
        expect(follower?.connections).toBeGreaterThan(5);
      }
    } finally {
      await Promise.all(followers.map((follower) => follower.stop()));
    }
    told.push(...players.told);
  });
});

it('obeys every law after all of this', async () => {
  expect(await brokenLaws(system, told)).toEqual([]);
});
