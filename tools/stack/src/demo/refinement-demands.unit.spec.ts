import type { Item, RefinementStatus } from '@agon/contracts';
import type { Heard, Settlement } from './follower.ts';
import { acceptanceTimes, countsOf, inWords } from './refinement-counts.ts';
import { lackOfCounts, lackOfRefinements } from './refinement-demands.ts';

const subject = {
  refinementId: 'r1',
  task: 'stakeholder.reaction',
  conflictId: 'c1',
  itemId: 'reaction-1',
  kind: 'reaction',
  npcId: '11',
} as const;
const status = (word: RefinementStatus['status'], refinementId = 'r1'): RefinementStatus => ({
  ...subject,
  refinementId,
  lane: 'hot',
  status: word,
  reason: null,
  deadline: '2026-01-01T00:00:08.000Z',
  requestedAt: '2026-01-01T00:00:00.000Z',
  settledAt: word === 'open' ? null : '2026-01-01T00:00:01.400Z',
  source: word === 'accepted' ? 'llm-sim' : null,
});

const rule: Item = {
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
const better: Item = {
  ...rule,
  revision: 1,
  final: true,
  text: 'Maren looks up, slowly.',
  source: 'llm-sim',
  replaces: 0,
};
const settled = { ...subject, revision: 1, final: true } as const;
const acceptedWith = (item: Item): Settlement => ({
  position: 9,
  type: 'RefinementAccepted',
  data: {
    ...settled,
    replaces: 0,
    late: false,
    changes: { text: { key: item.key, params: item.params, text: item.text } },
    refused: [],
    source: 'llm-sim',
  },
  items: [item],
});
const expired: Settlement = { position: 9, type: 'RefinementExpired', data: settled, items: [] };
const heard = (item: Item, ...settlements: Settlement[]): Heard => ({
  first: new Map([[rule.itemId, rule]]),
  items: new Map([[item.itemId, item]]),
  settlements: new Map(settlements.map((one) => [one.data.refinementId, one])),
});

describe('the refinements of a story', () => {
  it('lack nothing where the stream told each end, and each text is final', () => {
    expect(lackOfRefinements([status('accepted')], heard(better, acceptedWith(better)))).toEqual([]);
    expect(lackOfRefinements([status('expired')], heard({ ...rule, final: true }, expired))).toEqual([]);
  });

  it.each<[string, RefinementStatus['status'], Heard, string[]]>([
    ['an open one', 'open', heard(rule), ['the refinement r1 is open', 'the text reaction-1 never became final']],
    [
      'one whose end the stream did not tell',
      'accepted',
      heard(better),
      ['the stream never told that the refinement r1 was accepted'],
    ],
    [
      'one that the stream told otherwise',
      'accepted',
      heard({ ...rule, final: true }, expired),
      ['the refinement r1 is accepted, and the stream told RefinementExpired'],
    ],
    [
      'a text that a reader does not see',
      'accepted',
      heard({ ...rule, final: true }, acceptedWith(better)),
      ['a reader of the stream does not see revision 1 of reaction-1'],
    ],
    [
      'a text that did not change',
      'accepted',
      heard({ ...better, text: rule.text }, acceptedWith({ ...better, text: rule.text })),
      ['revision 1 of reaction-1 is the text of revision 0 again'],
    ],
    ['a text that is not final', 'expired', heard(rule, expired), ['the text reaction-1 never became final']],
  ])('lack %s', (_what, word, told, lacks) => {
    expect(lackOfRefinements([status(word)], told)).toEqual(lacks);
  });
});

describe('the counts', () => {
  const counts = countsOf([
    status('accepted'),
    status('accepted', 'r2'),
    status('expired', 'r3'),
    status('open', 'r4'),
  ]);

  it('say how the refinements stand', () => {
    expect(counts).toEqual({
      requested: 4,
      accepted: 2,
      rejected: 0,
      superseded: 0,
      expired: 1,
      failed: 0,
      open: 1,
    });
    expect(inWords(counts)).toBe('4 asked for, 2 accepted, 1 expired, 1 open');
  });

  it('demand that nothing is open, in time, and that a healthy model brings texts', () => {
    const good = { ...counts, accepted: 60, open: 0 };
    expect(lackOfCounts(good, 35_000, true)).toEqual([]);
    expect(lackOfCounts({ ...good, accepted: 0 }, 0, false)).toEqual([]);
    expect(lackOfCounts({ ...good, accepted: 59 }, 0, true)).toEqual([
      'only 59 refinements were accepted; a healthy model brings 60 or more',
    ]);
    expect(lackOfCounts({ ...good, open: 2 }, 35_100, true)).toEqual([
      '2 refinements are open 35 s after the last call',
    ]);
    expect(lackOfCounts(good, 35_100, true)).toEqual(['the refinements took 35.1 s to end; the limit is 35 s']);
  });

  it('take the times of those that were accepted', () => {
    expect(acceptanceTimes([status('accepted'), status('expired'), status('open')])).toEqual([1400]);
  });
});
