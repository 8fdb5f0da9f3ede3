import type { Item } from '@agon/contracts';
import type { Settled } from './follower.ts';
import { settledLines } from './settled-lines.ts';

const before: Item = {
  itemId: 'reaction-1',
  revision: 0,
  final: false,
  kind: 'reaction',
  npcId: '11',
  key: 'k',
  params: {},
  text: 'Maren looks up.',
  source: 'rules',
};
const subject = {
  refinementId: 'r1',
  task: 'stakeholder.reaction',
  conflictId: 'c1',
  itemId: 'reaction-1',
  kind: 'reaction',
  npcId: '11',
  revision: 1,
  final: true,
} as const;
const accepted = (source: string): Settled => ({
  entry: {
    position: 9,
    type: 'RefinementAccepted',
    data: { ...subject, replaces: 0, late: false, changes: {}, refused: [], source },
    items: [{ ...before, revision: 1, final: true, text: 'Maren rises.', source, replaces: 0 }],
  },
  before,
  ms: 1432,
});
const failed = (reason: 'off' | 'breaker_open'): Settled => ({
  entry: { position: 9, type: 'RefinementFailed', data: { ...subject, reason }, items: [] },
  before,
  ms: 20,
});

describe('the end of a refinement', () => {
  it('is told with both texts, its time and who wrote it', () => {
    expect(settledLines(accepted('gpt-5-mini'), 200)).toEqual([
      'refined  Maren Holt: "Maren looks up." → "Maren rises."  (1.4 s, gpt-5-mini)',
    ]);
  });

  it('never passes a simulator off as a model', () => {
    expect(settledLines(accepted('llm-sim'), 200)[0]).toContain('(1.4 s, llm-sim: a simulated model)');
  });

  it('is a short line with the reason where the text stays', () => {
    expect(settledLines(failed('breaker_open'), 200)).toEqual([
      'kept     Maren Holt, as it was told first (failed: breaker open)',
    ]);
    expect(
      settledLines(
        { ...failed('off'), entry: { position: 9, type: 'RefinementExpired', data: subject, items: [] } },
        200,
      ),
    ).toEqual(['kept     Maren Holt, as it was told first (expired)']);
  });

  it('is not told where there is no text, or models are off', () => {
    expect(settledLines({ ...accepted('llm-sim'), before: undefined }, 200)).toEqual([]);
    expect(settledLines(failed('off'), 200)).toEqual([]);
  });
});
