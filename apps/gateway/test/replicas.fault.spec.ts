import { Players } from '@agon/testing/load';
import { brokenLaws } from './laws.ts';
import { START_MS, type System, startSystem } from './system.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({ gateway: 2, 'conflict-flow': 2, 'stakeholder-actions': 2, 'social-circle': 2 });
}, START_MS);
afterAll(() => system?.stop());

describe('two replicas of everything', () => {
  it.each([
    { killed: ['conflict-flow', 'stakeholder-actions', 'social-circle'] },
    { killed: ['conflict-flow-2', 'stakeholder-actions-2', 'social-circle-2', 'gateway'] },
  ])('play on through both gateways while $killed are killed and come back', async ({ killed }) => {
    expect(system.urls).toHaveLength(2);
    // Each partition belongs to one replica of each service. With both turns, the owner of each partition that is
    // played in is killed in the middle of play, whoever that is.
    const players = new Players(system.urls);
    players.start(4);
    await players.goOn(12);
    const victims = killed.map((name) => system.stack.process(name));
    await Promise.all(victims.map((victim) => victim.kill9()));
    await players.goOn(15);
    // Before anyone comes back, so that it is the other replica that takes over.
    await players.caughtUp();
    await players.stop();
    await Promise.all(victims.map((victim) => victim.start()));
    expect(await players.repeatAll()).toEqual([]);
    expect(await brokenLaws(system, players.told)).toEqual([]);
  });
});
