import {
  type Envelope,
  type EventOf,
  type InputType,
  type Service,
  answerOf,
  examples,
  judging,
} from '@agon/contracts';
import * as fc from 'fast-check';
import { type InputEvent, type Report, factsOf, gather, gatherFromLog } from './gathering.ts';

const storyId = 'p3_aaaaaaaaaaaaaaaa';
const conflictId = 'c1';

const stored = (position: number, source: string, cause?: Envelope): Envelope => ({
  partition: 3,
  position,
  streamId: `any-${storyId}`,
  version: position,
  eventId: `event-${position}`,
  storyId,
  correlationId: 'event-1',
  schemaVersion: 1,
  metadata: { game: 'local', source, depth: 0, causationId: cause?.eventId },
  recordedAt: '2026-01-01T00:00:00.000Z',
});

const act = { conflictId, npcId: '11', actionType: 'aggressive', successProbability: 0.65 } as const;
const input: InputEvent = { ...stored(1, 'game'), type: 'StakeholderActed', data: { ...act, cast: [] } };

const applied: EventOf = {
  ...stored(2, 'conflict-flow', input),
  type: 'ActApplied',
  data: {
    ...act,
    socialAct: 'betray',
    targetNpcId: null,
    cast: [],
    flow: { phase: 'rising', pacingStyle: 'steady', intensity: 0.7, momentum: 1, phaseProgress: 0.15 },
    tension: { power: 0.88 },
    tensionChanges: [],
    transition: null,
  },
};
const adjusted: EventOf = {
  ...stored(3, 'conflict-flow', input),
  type: 'TensionChanged',
  data: { conflictId, tensionType: 'power', previousLevel: 0.75, newLevel: 0.88, delta: 0.13, reason: 'act' },
};
const stress: EventOf = {
  ...stored(4, 'stakeholder-actions', applied),
  type: 'StressChanged',
  data: { conflictId, changes: [{ npcId: '11', previousStress: 0.6, stress: 0.65 }] },
};
const reputation: EventOf = {
  ...stored(5, 'social-circle', applied),
  type: 'ReputationChanged',
  data: {
    npcId: '11',
    changes: [{ trait: 'trustworthy', previousScore: 0.5, score: 0.2 }],
    conflictId,
    cause: 'betray',
    itemId: 'reputation-1-11',
    text: { key: 'any', params: {}, text: 'Nobody trusts Maren now.' },
  },
};
const refused: EventOf = {
  ...stored(2, 'conflict-flow', input),
  type: 'ActRefused',
  data: { conflictId, code: 'conflict_resolved' },
};

const judged: Report = { service: 'conflict-flow', handled: input.eventId, events: [applied, adjusted] };
const reacted: Report = { service: 'stakeholder-actions', handled: applied.eventId, events: [stress] };
const gossiped: Report = { service: 'social-circle', handled: applied.eventId, events: [reputation] };
const events = [input, applied, adjusted, stress, reputation];

const marksOf = (...marks: readonly [Service, number][]) => new Map<string, number>(marks);

describe('an answer is gathered', () => {
  it('complete, from all who have to answer', () => {
    expect(gather(input, [judged, reacted, gossiped])).toEqual({ facts: events, refusal: undefined, pending: [] });
  });

  it('the same from the replies in any order, and from the log', () => {
    const marks = marksOf(['conflict-flow', 1], ['stakeholder-actions', 2], ['social-circle', 2]);
    const fromLog = gatherFromLog(input, marks, events);
    const reports = [judged, reacted, gossiped];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(reports, { minLength: 3 }),
        fc.shuffledSubarray(events, { minLength: 5 }),
        (replies, log) => {
          const gathered = gather(input, replies);
          expect(gathered).toEqual(fromLog);
          expect(answerOf(storyId, gathered.facts, [])).toEqual(
            answerOf(storyId, gatherFromLog(input, marks, log).facts, []),
          );
        },
      ),
    );
  });

  it('without the requests for better texts that are stored beside the facts, from replies and from the log alike', () => {
    const requested: EventOf = {
      ...stored(6, 'stakeholder-actions', applied),
      type: 'RefinementRequested',
      data: examples.RefinementRequested,
    };
    const superseded: EventOf = {
      ...stored(7, 'stakeholder-actions', applied),
      type: 'RefinementSuperseded',
      data: examples.RefinementSuperseded,
    };
    const accepted: EventOf = {
      ...stored(8, 'stakeholder-actions', requested),
      type: 'RefinementAccepted',
      data: examples.RefinementAccepted,
    };
    const beside = [stress, requested, superseded];
    expect(factsOf(beside)).toEqual([stress]);
    const replied = gather(input, [judged, { ...reacted, events: factsOf(beside) }, gossiped]);
    const marks = marksOf(['conflict-flow', 9], ['stakeholder-actions', 9], ['social-circle', 9]);
    const fromLog = gatherFromLog(input, marks, factsOf([...events, requested, superseded, accepted]));
    expect(replied).toEqual(gather(input, [judged, reacted, gossiped]));
    expect(fromLog).toEqual(replied);
    const answer = answerOf(storyId, fromLog.facts, fromLog.pending);
    expect(answer).toMatchObject({
      position: reputation.position,
      items: [{ itemId: 'reputation-1-11', revision: 0 }],
    });
  });

  it('as far as it came, naming those who are late', () => {
    expect(gather(input, [])).toEqual({
      facts: [input],
      refusal: undefined,
      pending: ['conflict-flow', 'stakeholder-actions', 'social-circle'],
    });
    expect(gather(input, [gossiped, judged])).toEqual({
      facts: [input, applied, adjusted, reputation],
      refusal: undefined,
      pending: ['stakeholder-actions'],
    });
    const marks = marksOf(['conflict-flow', 1], ['stakeholder-actions', 1], ['social-circle', 5]);
    expect(gatherFromLog(input, marks, events)).toEqual(gather(input, [gossiped, judged]));
  });

  it('without what came before its judgement is known', () => {
    expect(gather(input, [reacted, gossiped]).facts).toEqual([input]);
    expect(gatherFromLog(input, marksOf(), [input])).toEqual(gather(input, []));
  });

  it('with nothing from a service that had nothing to say', () => {
    const gathered = gather(input, [judged, { ...reacted, events: [] }, gossiped]);
    expect(gathered).toMatchObject({ facts: [input, applied, adjusted, reputation], pending: [] });
    const marks = marksOf(['conflict-flow', 7], ['stakeholder-actions', 2], ['social-circle', 2]);
    expect(gatherFromLog(input, marks, [input, applied, adjusted, reputation])).toEqual(gathered);
  });

  it('without what services say of other messages', () => {
    const secondOrder: Report = { service: 'stakeholder-actions', handled: stress.eventId, events: [reputation] };
    expect(gather(input, [judged, secondOrder]).pending).toEqual(['stakeholder-actions', 'social-circle']);
  });

  it('as a refusal, for which nobody else is waited', () => {
    const refusal: Report = { ...judged, events: [refused] };
    const gathered = { facts: [input, refused], refusal: refused, pending: [] };
    expect(gather(input, [refusal])).toEqual(gathered);
    expect(gather(input, [reacted, refusal])).toEqual(gathered);
    expect(gatherFromLog(input, marksOf(['conflict-flow', 1]), [input, refused])).toEqual(gathered);
  });

  it('from the input itself where the gateway has judged', () => {
    const synced: InputEvent = {
      ...stored(1, 'game'),
      type: 'SceneSynced',
      data: { npcIds: [], topics: [], conflictIds: [], cast: [] },
    };
    const reports = judging.SceneSynced.answeredBy.map((service): Report => ({
      service,
      handled: synced.eventId,
      events: [],
    }));
    expect(gather(synced, reports)).toEqual({ facts: [synced], refusal: undefined, pending: [] });
    expect(gather(synced, reports.slice(1)).pending).toEqual(['conflict-flow']);
    const marks = marksOf(['stakeholder-actions', 1], ['social-circle', 1]);
    expect(gatherFromLog(synced, marks, [synced])).toEqual(gather(synced, reports.slice(1)));
  });

  it('at once where nobody has to answer', () => {
    const created: InputEvent = {
      ...stored(1, 'game'),
      type: 'StoryCreated',
      data: { seed: 'tide', contentPack: 'harbour@1', locale: 'en' },
    };
    expect(gather(created, [])).toEqual({ facts: [created], refusal: undefined, pending: [] });
    expect(gatherFromLog(created, marksOf(), [created])).toEqual(gather(created, []));
  });

  it('from services that the contracts know, for every input', () => {
    const types = Object.keys(judging).filter((type): type is InputType => Object.hasOwn(judging, type));
    for (const type of types) expect(judging[type].answeredBy).not.toContain('gateway');
  });
});
