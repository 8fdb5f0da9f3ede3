import { AgonClient } from '@agon/client';
import type { RefinementStatus, StoryRefinements } from '@agon/contracts';
import { settled } from './settling.ts';

const [a, b] = ['p1_aaaaaaaa', 'p1_bbbbbbbb'] as const;
const status = (word: RefinementStatus['status']): RefinementStatus => ({
  refinementId: 'r1',
  task: 'flow.beat_prose',
  conflictId: 'c1',
  itemId: 'beat-1',
  kind: 'beat',
  npcId: null,
  lane: 'hot',
  status: word,
  reason: null,
  deadline: '2026-01-01T00:00:08.000Z',
  requestedAt: '2026-01-01T00:00:00.000Z',
  settledAt: null,
  source: null,
});
const told = (word: RefinementStatus['status'], lacks: Partial<StoryRefinements> = {}): StoryRefinements => ({
  position: 9,
  stale: false,
  missing: [],
  refinements: [status(word)],
  ...lacks,
});

/** A gateway that gives each story's answers in turn, the last one again and again. */
function gateway(answers: Record<string, StoryRefinements[]>) {
  const asked: string[] = [];
  const fetch = (url: string): Promise<Response> => {
    const storyId = url.split('/')[5] ?? '';
    asked.push(url.slice(url.indexOf(storyId)));
    const [next, ...rest] = answers[storyId] ?? [];
    if (rest.length > 0) answers[storyId] = rest;
    return Promise.resolve(Response.json(next));
  };
  return { client: new AgonClient({ baseUrl: 'http://gateway', fetch }), asked };
}

const stories = [
  { storyId: a, position: 7 },
  { storyId: b, position: 8 },
];
const looking = { stories, signal: new AbortController().signal, interval: 0 };

describe('settling', () => {
  it('looks again at what is open, and at nothing else', async () => {
    const { client, asked } = gateway({ [a]: [told('accepted')], [b]: [told('open'), told('expired')] });
    const open: number[] = [];
    const lastCall = performance.now();
    const { statuses } = await settled({ ...looking, client, lastCall, waiting: (count) => open.push(count) });
    expect(asked).toEqual([a, b, b].map((id) => `${id}/refinements?after=${id === a ? 7 : 8}`));
    expect(open).toEqual([1]);
    expect([...statuses.values()].flat().map((one) => one.status)).toEqual(['accepted', 'expired']);
  });

  it.each([{ stale: true }, { missing: ['social-circle'] }])('looks again where %j', async (lacks) => {
    const { client, asked } = gateway({ [a]: [told('accepted', lacks), told('accepted')], [b]: [told('accepted')] });
    await settled({ ...looking, client, lastCall: performance.now(), waiting: () => undefined });
    expect(asked).toHaveLength(3);
  });

  it('gives up in the end', async () => {
    const { client, asked } = gateway({ [a]: [told('open')], [b]: [told('open')] });
    const lastCall = performance.now() - 36_000;
    const { settleMs } = await settled({ ...looking, client, lastCall, waiting: () => undefined });
    expect(asked).toHaveLength(2);
    expect(settleMs).toBeGreaterThan(35_000);
  });
});
