import { eventTypes, examples, stored } from '../test/examples.ts';
import { isOf, parseEvent } from './events.ts';
import { gameEvents } from './game-events.ts';
import {
  FEED_TYPES,
  FeedPage,
  type FeedType,
  type WireFeedEntry,
  feedEntryOf,
  isFeedType,
  readFeedEntry,
} from './feed.ts';
import { SETTLEMENT_TYPES, isSettlementType } from './refinements.ts';
import { modelEvents, refinementEvents } from './refinements.ts';

function entryOf(type: FeedType, position: number): WireFeedEntry {
  const event = parseEvent(stored(type, position));
  if (!isOf<FeedType>(event, FEED_TYPES)) throw new Error(`${type} is not of the feed`);
  return feedEntryOf(event);
}

describe('the feed', () => {
  it('shows every fact, but for refusals, ends of cascades, talk with models and what others of the feed tell already', () => {
    const hidden = eventTypes.filter((type) => !isFeedType(type));
    const refusals = eventTypes.filter((type) => type.endsWith('Refused'));
    expect(new Set<string>(hidden)).toEqual(
      new Set([
        ...Object.keys(gameEvents),
        ...refusals,
        'ProgressApplied',
        'CircleObserved',
        'CascadeCut',
        'RefinementRequested',
        ...Object.keys(modelEvents),
      ]),
    );
  });

  it('tells every way in which a refinement ends, and that nothing follows', () => {
    const ends = Object.keys(refinementEvents).filter((type) => type !== 'RefinementRequested');
    expect(ends).toEqual(SETTLEMENT_TYPES);
    expect(eventTypes.filter(isSettlementType)).toEqual(SETTLEMENT_TYPES);
    for (const type of SETTLEMENT_TYPES) {
      expect(entryOf(type, 42).data).toMatchObject({ itemId: 'reaction-1-c1-11', final: true });
    }
    expect(entryOf('RefinementAccepted', 42).items).toMatchObject([{ revision: 1, replaces: 0, source: 'llm-sim' }]);
  });

  it.each(FEED_TYPES)('carries %s over the wire and back', (type) => {
    const entry = entryOf(type, 42);
    expect(entry).toMatchObject({ position: 42, type, data: examples[type] });
    expect(readFeedEntry(JSON.parse(JSON.stringify(entry)))).toEqual(entry);
    expect(FeedPage.parse({ entries: [entry], next: 42 }).entries).toEqual([entry]);
  });

  it('names no story', () => {
    const entries = FEED_TYPES.map((type) => entryOf(type, 42));
    expect(JSON.stringify(entries)).not.toContain(stored('FlowAdjusted').storyId);
  });

  it.each([
    ['of a type that players do not see', { type: 'ChoiceRefused', data: examples.ChoiceRefused }],
    ['that tells what a model is asked', { type: 'RefinementRequested', data: examples.RefinementRequested }],
    ['whose data is of another type', { type: 'FlowAdjusted', data: examples.StressChanged }],
    ['without a position', { position: 0 }],
  ])('takes no entry %s', (_, part) => {
    const entry = { position: 1, type: 'FlowAdjusted', data: examples.FlowAdjusted, items: [] };
    expect(() => readFeedEntry(entry)).not.toThrow();
    expect(() => readFeedEntry({ ...entry, ...part })).toThrow();
  });
});
