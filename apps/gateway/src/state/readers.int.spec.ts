import { type RefinementStatus, type RefinementStatusWord, boardAnswer } from '@agon/contracts';
import { QueryClient, connectNats } from '@agon/messaging';
import { type TestNats, startNats } from '@agon/testing';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { RefinementsReader } from './refinements-reader.ts';
import { Round } from './round.ts';
import { StateReader } from './state-reader.ts';

const storyId = 'p3_aaaaaaaaaaaaaaaa';

const refinement = (refinementId: string, second: number, status: RefinementStatusWord = 'open'): RefinementStatus => ({
  refinementId,
  task: 'stakeholder.reaction',
  conflictId: 'c1',
  itemId: refinementId,
  kind: 'reaction',
  npcId: '11',
  lane: 'hot',
  status,
  reason: null,
  deadline: '2026-01-01T00:01:00.000Z',
  requestedAt: `2026-01-01T00:00:0${second}.000Z`,
  settledAt: null,
  source: null,
});

describe('reads of several services', () => {
  let broker: TestNats;
  let nats: NatsConnection;
  let asked: unknown[];

  beforeAll(async () => {
    broker = await startNats();
  });
  beforeEach(async () => {
    nats = await connectNats(broker.url, 'test', { wait: true });
    asked = [];
  });
  afterEach(() => nats.close());
  afterAll(() => broker.remove());

  const answer = async (service: string, query: string, part: unknown): Promise<void> => {
    nats.subscribe(`query.${service}.${query}`, {
      callback: (_error, message) => {
        asked.push(message.json());
        message.respond(JSON.stringify(part));
      },
    });
    await nats.flush();
  };
  const refinements = () => new RefinementsReader(new QueryClient(nats));

  it('merge refinements by when they were asked for, then by id', async () => {
    const [a, b, c, d] = [refinement('a', 5), refinement('b', 1), refinement('c', 1), refinement('d', 9)];
    await answer('conflict-flow', 'refinements', { position: 12, stale: false, boards: [d, c] });
    await answer('stakeholder-actions', 'refinements', { position: 10, stale: false, boards: [a] });
    await answer('social-circle', 'refinements', { position: 11, stale: false, boards: [b] });
    expect(await refinements().read(storyId, 7)).toEqual({
      position: 10,
      stale: false,
      missing: [],
      refinements: [b, c, a, d],
    });
    expect(asked).toEqual(Array.from({ length: 3 }, () => ({ storyId, after: 7 })));
  });

  it('ask each owner for those that stand so', async () => {
    for (const service of ['conflict-flow', 'stakeholder-actions', 'social-circle'])
      await answer(service, 'refinements', { position: 1, stale: false, boards: [] });
    await refinements().read(storyId, 0, 'accepted');
    expect(asked).toEqual(Array.from({ length: 3 }, () => ({ storyId, after: 0, status: 'accepted' })));
  });

  it('name a service that is away, or that answers something else', async () => {
    await answer('conflict-flow', 'refinements', { position: 3, stale: false, boards: [refinement('a', 1)] });
    await answer('social-circle', 'refinements', { boards: 'none' });
    const read = await refinements().read(storyId, 0);
    expect(read).toMatchObject({ position: 3, stale: true, refinements: [{ refinementId: 'a' }] });
    expect(new Set(read.missing)).toEqual(new Set(['stakeholder-actions', 'social-circle']));
  });

  it('say so when one part is not as new as was asked', async () => {
    const round = new Round(new QueryClient(nats), 'boards', { storyId, after: 9 });
    await answer('one', 'boards', { position: 9, stale: false, boards: ['a'] });
    await answer('two', 'boards', { position: 8, stale: true, boards: ['b'] });
    const boards = boardAnswer(z.string());
    expect(await Promise.all([round.ask('one', boards), round.ask('two', boards)])).toEqual([['a'], ['b']]);
    expect(round.outcome()).toEqual({ position: 8, stale: true, missing: [] });
  });

  it('put the state together, whoever is there', async () => {
    const board = { conflictId: 'c1', name: 'N', conflictType: 't', status: 'open', flow: null, tension: {}, beats: 0 };
    const boards = [{ ...board, conditions: ['a strike'], resolution: null }];
    await answer('conflict-flow', 'boards', { position: 4, stale: false, boards });
    expect(await new StateReader(new QueryClient(nats)).read(storyId, 4)).toMatchObject({
      storyId,
      position: 4,
      stale: true,
      conflicts: [{ ...boards[0], stakeholders: [] }],
      circle: { gossip: [], reputations: {} },
    });
  });
});
