import { v5 as uuid5 } from 'uuid';
import { continuous } from './continuity.ts';
import type { History, LoggedEvent } from './history.ts';
import { storedOnce } from './input-laws.ts';
import { decidedInOrder, decidedOnce, gapless, judgedOnce } from './log-laws.ts';

/** Two choices, each judged and reacted to, as one partition of a sound log; the laws must see every damage to it. */

const storyId = 'p7_0123456789abcdef';
const ids = ['8f1c3c38-1b6e-4d27-9a55-7f0a6a2f1c01', '8f1c3c38-1b6e-4d27-9a55-7f0a6a2f1c02'] as const;

const event = (position: number, type: string, more: Partial<LoggedEvent>): LoggedEvent => ({
  partition: 7,
  position,
  version: 1,
  schemaVersion: 1,
  storyId,
  correlationId: '',
  eventId: '',
  streamId: '',
  type,
  data: {},
  recordedAt: '2025-01-01T00:00:00.000Z',
  metadata: { game: 'local', source: 'game', depth: 0 },
  ...more,
});

const choice = (position: number, n: 0 | 1): LoggedEvent =>
  event(position, 'PlayerChoiceMade', {
    streamId: `game-${storyId}`,
    version: n + 1,
    eventId: ids[n],
    correlationId: ids[n],
    data: { conflictId: 'c1', turnId: `t${n}`, choice: { text: 'x', choiceType: 'neutral' }, cast: [] },
  });

const fact = (position: number, type: string, n: 0 | 1, nth: number, more: Partial<LoggedEvent> = {}): LoggedEvent =>
  event(position, type, {
    streamId: `conflict-${storyId}-c1`,
    version: n + 1,
    correlationId: ids[n],
    eventId: uuid5(`conflict-flow/${nth}`, ids[n]),
    metadata: { game: 'local', source: 'conflict-flow', depth: 1, causationId: ids[n], inputSequence: n + 1 },
    data: { conflictId: 'c1', code: 'conflict_resolved' },
    ...more,
  });

const tension = (position: number, n: 0 | 1, previousLevel: number, newLevel: number): LoggedEvent =>
  fact(position, 'TensionChanged', n, 1, {
    streamId: `flow-${storyId}-c1`,
    data: { conflictId: 'c1', tensionType: 'power', previousLevel, newLevel, delta: 0.1, reason: 'choice' },
  });

const SOUND = [
  choice(1, 0),
  choice(2, 1),
  fact(3, 'ChoiceApplied', 0, 0),
  tension(4, 0, 0, 0.2),
  fact(5, 'ChoiceApplied', 1, 0),
  tension(6, 1, 0.2, 0.3),
];

const damaged = (damage: (event: LoggedEvent) => LoggedEvent | undefined): History =>
  new Map([[7, SOUND.flatMap((sound) => damage(sound) ?? [])]]);
const at = (position: number, change: Partial<LoggedEvent>): History =>
  damaged((sound) => (sound.position === position ? { ...sound, ...change } : sound));
const sound = damaged((kept) => kept);
const told = ['t0', 't1'].map((key) => ({ storyId, key }));

it('a sound log obeys every law', () => {
  // The choices' own facts are cut short here, so they are not parsed.
  const all = [gapless, judgedOnce, decidedOnce, decidedInOrder].flatMap((law) => law(sound));
  expect([...all, ...storedOnce(inputsOf(sound), told), ...continuous(tensionsOf(sound))]).toEqual([]);
});

it.each([
  ['a gap', gapless(damaged((kept) => (kept.position === 4 ? undefined : kept))), 'has no position 4'],
  ['a version twice', gapless(at(5, { version: 1 })), 'has no version 2'],
  ['an event id twice', gapless(at(2, { eventId: ids[0] })), 'one event id: 7/1 PlayerChoiceMade, 7/2'],
  ['an input without judgement', judgedOnce(at(3, { type: 'FlowAdjusted' })), '7/1 PlayerChoiceMade has 0 judgements'],
  ['an input judged twice', judgedOnce(at(4, { type: 'ChoiceRefused' })), 'has 2 judgements'],
  ['a refusal with consequences', judgedOnce(at(3, { type: 'ChoiceRefused' })), 'was refused and caused 1 facts'],
  ['a decision in two places', decidedOnce(at(4, { position: 9 })), 'not one decision'],
  ['a decision of two times', decidedOnce(at(4, { recordedAt: '2025-01-01T00:00:01.000Z' })), 'not one decision'],
  ['a decision with ids of its own', decidedOnce(at(4, { eventId: ids[1] })), 'not one decision'],
  ['a message that is not handled', decidedOnce(at(1, { type: 'StoryCreated' })), 'does not handle StoryCreated'],
  ['a cause that is nowhere', decidedOnce(at(1, { eventId: uuid5('x', ids[0]) })), 'is not in the partition'],
  ['a decision out of order', decidedInOrder(new Map([[7, swapped()]])), 'conflict-flow decided 7/1'],
  ['a fact of another ordinal', decidedInOrder(at(2, { version: 7 })), 'is no child of its cause'],
  ['a level that jumps', continuous(tensionsOf(at(6, tension(6, 1, 0, 0.1)))), 'from 0, but it was 0.2'],
  ['an input twice', storedOnce(inputsOf(at(2, { data: choice(2, 0).data })), told), 't0 is 2 × in the log'],
  [
    'an input lost',
    storedOnce(inputsOf(damaged((kept) => (kept.position === 2 ? undefined : kept))), told),
    't1 is 0 ×',
  ],
  ['an input of nobody', storedOnce(inputsOf(sound), told.slice(1)), 'nobody told t0'],
])('%s is seen', (_damage, breaches, line) => {
  expect(breaches.join('\n')).toContain(line);
});

/** The second choice decided before the first. */
function swapped(): LoggedEvent[] {
  const [first, second, ...rest] = SOUND;
  const later = rest.map((kept) => ({ ...kept, position: kept.position > 4 ? kept.position - 2 : kept.position + 2 }));
  return [first, second, ...later].flatMap((kept) => kept ?? []).sort((a, b) => a.position - b.position);
}

function inputsOf(history: History): History {
  return new Map([[7, (history.get(7) ?? []).filter(({ type }) => type === 'PlayerChoiceMade')]]);
}

function tensionsOf(history: History): History {
  return new Map([[7, (history.get(7) ?? []).filter(({ type }) => type === 'TensionChanged')]]);
}
