import * as fc from 'fast-check';
import { eventTypes, examples, stored } from '../test/examples.ts';
import { Answer, answerOf } from './answers.ts';
import { type EventOf, type EventType, parseEvent } from './events.ts';
import { FeedPage } from './feed.ts';
import { itemsOf } from './items.ts';

const storyId = 'p3_aaaaaaaaaaaaaaaa';
const facts = (...types: readonly EventType[]): EventOf[] => types.map((type, at) => parseEvent(stored(type, at + 1)));

describe('an answer', () => {
  it('of nothing says nothing', () => {
    expect(answerOf(storyId, [], ['social-circle'])).toEqual({
      storyId,
      position: 0,
      pending: ['social-circle'],
      items: [],
    });
  });

  it('to a choice tells where the conflict stands, who reacted and how they bear it', () => {
    const answer = answerOf(
      storyId,
      facts(
        'PlayerChoiceMade',
        'ChoiceApplied',
        'FlowAdjusted',
        'TensionChanged',
        'StakeholderReacted',
        'StressChanged',
      ),
      [],
    );
    const { flow, tension, tensionChanges, transition } = examples.ChoiceApplied;
    expect(answer).toEqual({
      storyId,
      position: 6,
      pending: [],
      conflictId: 'c1',
      flow,
      tension,
      tensionChanges,
      transition,
      stress: examples.StressChanged.changes,
      items: itemsOf(parseEvent(stored('StakeholderReacted'))),
    });
  });

  it('to a creation tells name, flow, tension and stakeholders', () => {
    const created = facts('ConflictBegan', 'ConflictCreated', 'FlowInitialized', 'TensionChanged', 'StakeholderJoined');
    const { conflictId: _, ...flow } = examples.FlowInitialized;
    expect(answerOf(storyId, created, [])).toMatchObject({
      conflictId: 'c1',
      name: 'The Empty Chair',
      flow,
      tension: { power: 0.75 },
      stakeholders: [{ npcId: '11', name: 'Maren Holt', role: 'instigator', stress: 0.45, commitment: 0.6 }],
    });
  });

  it('to a scene tells tension, behaviours and what the circle says, once', () => {
    const answer = answerOf(
      storyId,
      facts('SceneSynced', 'SceneTensionRead', 'BehavioursHinted', 'GossipStarted', 'CircleObserved'),
      [],
    );
    expect(answer).toMatchObject({
      scene: { score: 0.46, level: 'rising', dominantType: 'power', dominantLevel: 0.75 },
      behaviours: [{ npcId: '11', behaviour: 'provocative' }],
      gossip: [examples.GossipStarted],
      reputations: { '11': { influential: 0.4 } },
    });
    expect(answer.items.map(({ kind }) => kind)).toEqual(['atmosphere', 'behaviour', 'gossip']);
  });

  it('to a resolution tells how it ended, and what became of reputations', () => {
    const ended = facts('ConflictEnded', 'ConflictResolved', 'ReputationChanged', 'GossipStarted');
    expect(answerOf(storyId, ended, [])).toMatchObject({
      conflictId: 'c1',
      resolution: examples.ConflictResolved.resolution,
      reputations: { '11': { influential: 0.4 } },
      gossip: [examples.GossipStarted],
    });
  });

  it('leaves out the transition where there was none', () => {
    expect(answerOf(storyId, facts('StakeholderActed', 'ActApplied'), [])).not.toHaveProperty('transition');
  });

  it('is the same in whatever order its facts arrive, and changes none of them', () => {
    const some = fc.subarray(facts(...eventTypes));
    fc.assert(
      fc.property(
        some.chain((of) => fc.tuple(fc.constant(of), fc.shuffledSubarray(of, { minLength: of.length }))),
        ([inOrder, shuffled]) => {
          const before = JSON.stringify(shuffled);
          expect(answerOf(storyId, shuffled, [])).toEqual(answerOf(storyId, inOrder, []));
          expect(JSON.stringify(shuffled)).toBe(before);
        },
      ),
    );
  });

  it('fits its schema, survives JSON, and has the ids of the feed', () => {
    const answer = answerOf(storyId, facts(...eventTypes), ['social-circle']);
    expect(Answer.parse(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
    expect(answer.position).toBe(eventTypes.length);
    expect(FeedPage.shape.next.parse(answer.position)).toBe(answer.position);
    expect(answer.items).toEqual(facts(...eventTypes).flatMap(itemsOf));
  });
});
