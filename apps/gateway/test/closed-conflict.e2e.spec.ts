import type { StoredEvent } from '@agon/event-store';
import { type History, allOf } from '@agon/testing/laws';
import {
  type Reply,
  type Sent,
  CHALLENGE,
  RESOLVE,
  answerIn,
  problemIn,
  send,
  sendUntilComplete,
  write,
} from '@agon/testing/load';
import { brokenLaws, settled } from './laws.ts';
import { castStory, openConflict } from './prepared-story.ts';
import { START_MS, type System, startSystem } from './system.ts';

const STORIES = 10;
const CONFLICTS = 20;

interface Pair {
  readonly storyId: string;
  readonly conflictId: string;
  readonly choice: Sent;
  readonly resolve: Sent;
  /** The answer to the choice, once it is judged and everyone has reacted. */
  readonly verdict: Reply;
}

let system: System;
let pairs: Pair[];
let history: History;

/** Resolve and choice at once; which of them goes first changes from pair to pair. */
async function race(storyId: string, conflictId: string, n: number): Promise<Omit<Pair, 'verdict'>> {
  const choice = write('choices', storyId, conflictId, { ...CHALLENGE, turnId: conflictId }, `choice-${conflictId}`);
  const resolve = write('resolve', storyId, conflictId, RESOLVE, `resolve-${conflictId}`);
  const sent = n % 2 === 0 ? [choice, resolve] : [resolve, choice];
  await Promise.all(sent.map((request) => send(system.url, request)));
  return { storyId, conflictId, choice, resolve };
}

beforeAll(async () => {
  system = await startSystem();
  const stories = Array.from({ length: STORIES }, (_, n) => castStory(system.url, `closing-${n}`));
  const places = await Promise.all(
    stories.map(async (story) => {
      const storyId = await story;
      const conflictIds = Array.from({ length: CONFLICTS }, (_, n) => `c${n}`);
      for (const conflictId of conflictIds) await openConflict(system.url, storyId, conflictId);
      return conflictIds.map((conflictId) => ({ storyId, conflictId }));
    }),
  );
  await settled(system);
  const raced = await Promise.all(places.flat().map(({ storyId, conflictId }, n) => race(storyId, conflictId, n)));
  await settled(system);
  // 400 calls at once are more work than their deadlines leave time for: what was cut, or sent away, is asked again.
  pairs = [];
  for (const pair of raced) {
    const [verdict] = await Promise.all([pair.choice, pair.resolve].map((sent) => sendUntilComplete(system.url, sent)));
    if (verdict !== undefined) pairs.push({ ...pair, verdict });
  }
  history = await settled(system);
}, START_MS);
afterAll(() => system?.stop());

const refused = (): Pair[] => pairs.filter(({ verdict }) => verdict.status === 409);
const accepted = (): Pair[] => pairs.filter(({ verdict }) => verdict.status === 200);

/** What the log holds because of the pair's choice. */
function consequencesOf({ storyId, conflictId }: Pair): StoredEvent[] {
  const events = allOf(history);
  const input = events.find(
    ({ type, data, storyId: of }) => of === storyId && type === 'PlayerChoiceMade' && data['conflictId'] === conflictId,
  );
  return events.filter(({ correlationId }) => correlationId === input?.correlationId);
}

describe('200 choices that race with the end of their conflict', () => {
  it('are all judged, some this way and some that way', () => {
    expect(pairs).toHaveLength(STORIES * CONFLICTS);
    expect(accepted().length + refused().length).toBe(STORIES * CONFLICTS);
    // Otherwise nothing raced, and what follows shows nothing.
    expect(accepted().length).toBeGreaterThan(10);
    expect(refused().length).toBeGreaterThan(10);
  });

  it('are answered in full when accepted: everyone reacts', () => {
    for (const { verdict } of accepted()) {
      expect(answerIn(verdict).items.filter(({ kind }) => kind === 'reaction').length).toBeGreaterThan(0);
    }
  });

  it('leave nothing in the log when refused but the input and its refusal', () => {
    for (const pair of refused()) {
      expect(problemIn(pair.verdict)).toMatchObject({ code: 'conflict_resolved' });
      expect(consequencesOf(pair).map(({ type }) => type)).toEqual(['PlayerChoiceMade', 'ChoiceRefused']);
    }
  });

  it('come before the end when accepted and after it when refused', () => {
    for (const pair of pairs) {
      const judgement = consequencesOf(pair).find(({ type }) => type === 'ChoiceApplied' || type === 'ChoiceRefused');
      const end = allOf(history).find(
        ({ type, data, storyId }) =>
          storyId === pair.storyId && type === 'ConflictResolved' && data['conflictId'] === pair.conflictId,
      );
      expect(judgement?.streamId).toBe(end?.streamId);
      expect((judgement?.version ?? 0) < (end?.version ?? 0)).toBe(pair.verdict.status === 200);
    }
  });

  it('show nowhere when refused: no item, reaction, stress or tension of theirs on feed or state', async () => {
    for (const storyId of new Set(pairs.map((pair) => pair.storyId))) {
      const { entries } = await system.client.feed(storyId, { limit: 1000 });
      const { conflicts } = await system.client.state(storyId);
      expect(conflicts.map(({ status }) => status)).toEqual(Array.from({ length: CONFLICTS }, () => 'resolved'));
      for (const { conflictId } of refused().filter((pair) => pair.storyId === storyId)) {
        const own = entries.filter(({ data }) => 'conflictId' in data && data.conflictId === conflictId);
        const types = new Set<string>(own.map(({ type }) => type));
        // The conflict began and ended, and nothing happened in between.
        for (const type of ['ChoiceApplied', 'StakeholderReacted', 'StressChanged', 'TensionBreakingPoint']) {
          expect([conflictId, type, types.has(type)]).toEqual([conflictId, type, false]);
        }
        const conflict = conflicts.find((view) => view.conflictId === conflictId);
        expect(conflict?.tension).toEqual({ power: 0.6, social: 0.3 });
        for (const { stress, latestItem } of conflict?.stakeholders ?? []) {
          expect(latestItem).toBeNull();
          expect([0.3, 0.45]).toContain(stress);
        }
      }
    }
  });
});

it('obeys every law after all of this', async () => {
  expect(await brokenLaws(system)).toEqual([]);
});
