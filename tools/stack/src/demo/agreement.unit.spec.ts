import { type FeedState, initialFeedState } from '@agon/client';
import type { StoryState } from '@agon/contracts';
import { agreement } from './agreement.ts';

const told = (position: number, trust: number): FeedState => ({
  ...initialFeedState(),
  position,
  circle: { gossip: [], reputations: { '11': { trustworthy: trust } } },
});
const state = (position: number, trust: number): StoryState => ({
  storyId: 'p1_abcdefgh',
  position,
  stale: false,
  missing: [],
  conflicts: [],
  circle: told(position, trust).circle,
});
const never = (): Promise<StoryState> => Promise.reject(new Error('not to be read again'));

describe('state and stream', () => {
  it('agree where the state is as new and says the same', async () => {
    const reader = { state: told(5, 0.5) };
    expect(await agreement(reader, state(7, 0.5), never)).toEqual({ told: reader.state, differences: [] });
  });

  it('are read again, as new as the stream, when something came in between', async () => {
    const asked: number[] = [];
    const reader = { state: told(9, 0.6) };
    const again = (after: number): Promise<StoryState> => {
      asked.push(after);
      return Promise.resolve(state(9, 0.6));
    };
    expect((await agreement(reader, state(7, 0.5), again)).differences).toEqual([]);
    expect(asked).toEqual([9]);
  });

  it('differ when they still do after all patience', async () => {
    const { differences } = await agreement({ state: told(9, 0.6) }, state(7, 0.5), never, 0);
    expect(differences).toEqual([
      'the state stays behind the stream',
      'the stream tells another circle than the state',
    ]);
  });
});
