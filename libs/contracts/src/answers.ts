import { z } from 'zod';
import { Flow, Gossip, Reputation, StressChange, TensionChange } from './domain-events.ts';
import type { EventOf } from './events.ts';
import { Resolution } from './game-events.ts';
import { LocalId, StoryId } from './ids.ts';
import { Item, itemsOf } from './items.ts';
import { Behaviour, DecisionStyle, Level, Phase, Role, TensionLevels, TensionType, TensionWord } from './vocabulary.ts';

/** The merged fast answer. A section is there when the input has to do with it. */
export const Answer = z
  .object({
    storyId: StoryId,
    position: z.int().describe('The newest event that the answer rests on; pass it as `after`'),
    pending: z.array(z.string()).describe('Services whose part will come on the feed'),
    conflictId: LocalId.optional(),
    name: z.string().optional(),
    flow: Flow.optional(),
    tension: TensionLevels.optional(),
    tensionChanges: z.array(TensionChange).optional(),
    transition: z.object({ fromPhase: Phase, toPhase: Phase }).optional(),
    stakeholders: z
      .array(
        z.object({
          npcId: LocalId,
          name: z.string(),
          role: Role,
          decisionStyle: DecisionStyle,
          stress: Level,
          commitment: Level,
        }),
      )
      .optional(),
    stress: z.array(StressChange).optional(),
    behaviours: z.array(z.object({ npcId: LocalId, behaviour: Behaviour })).optional(),
    scene: z
      .object({
        score: Level,
        level: TensionWord,
        dominantType: TensionType.nullable(),
        dominantLevel: Level,
      })
      .optional(),
    gossip: z.array(Gossip).optional(),
    reputations: z.record(LocalId, Reputation).optional(),
    resolution: Resolution.optional(),
    items: z.array(Item).describe('Every text of the answer, with the ids that the feed uses'),
  })
  .meta({ id: 'Answer' });
export type Answer = z.infer<typeof Answer>;

/** Merges the facts that answer one input; pure, so a repeat answered from the log has the same body. */
export function answerOf(storyId: string, facts: readonly EventOf[], pending: readonly string[]): Answer {
  const start: Answer = { storyId, position: 0, pending: [...pending], items: [] };
  return [...facts].sort((a, b) => a.position - b.position).reduce(merge, start);
}

function merge(before: Answer, event: EventOf): Answer {
  const answer = { ...before, position: event.position, items: [...before.items, ...itemsOf(event)] };
  switch (event.type) {
    case 'ConflictBegan':
    case 'PlayerChoiceMade':
    case 'ConflictProgressed':
    case 'StakeholderActed':
    case 'ConflictEnded':
      return { ...answer, conflictId: event.data.conflictId };
    case 'ConflictCreated':
      return { ...answer, name: event.data.name };
    case 'FlowInitialized':
    case 'FlowAdjusted': {
      const { phase, pacingStyle, intensity, momentum, phaseProgress } = event.data;
      return { ...answer, flow: { phase, pacingStyle, intensity, momentum, phaseProgress } };
    }
    case 'PhaseTransitioned': {
      const { fromPhase, toPhase } = event.data;
      return { ...answer, transition: { fromPhase, toPhase } };
    }
    case 'TensionChanged': {
      const { tensionType, newLevel } = event.data;
      return { ...answer, tension: { ...answer.tension, [tensionType]: newLevel } };
    }
    case 'ChoiceApplied':
    case 'ProgressApplied':
    case 'ActApplied': {
      const { flow, tension, tensionChanges, transition } = event.data;
      return { ...answer, flow, tension, tensionChanges, ...(transition === null ? {} : { transition }) };
    }
    case 'StakeholderJoined': {
      const { npcId, name, role, decisionStyle, stress, commitment } = event.data;
      const joined = { npcId, name, role, decisionStyle, stress, commitment };
      return { ...answer, stakeholders: [...(answer.stakeholders ?? []), joined] };
    }
    case 'StressChanged':
      return { ...answer, stress: [...(answer.stress ?? []), ...event.data.changes] };
    case 'BehavioursHinted':
      return { ...answer, behaviours: event.data.hints.map(({ npcId, behaviour }) => ({ npcId, behaviour })) };
    case 'SceneTensionRead': {
      const { score, level, dominantType, dominantLevel } = event.data;
      return { ...answer, scene: { score, level, dominantType, dominantLevel } };
    }
    case 'CircleObserved':
      return { ...answer, gossip: event.data.gossip, reputations: event.data.reputations };
    case 'GossipStarted':
      return { ...answer, gossip: [...(answer.gossip ?? []), event.data] };
    case 'ReputationChanged': {
      const { npcId, changes } = event.data;
      const scores = Object.fromEntries(changes.map(({ trait, score }) => [trait, score]));
      const known = answer.reputations?.[npcId];
      return { ...answer, reputations: { ...answer.reputations, [npcId]: { ...known, ...scores } } };
    }
    case 'ConflictResolved':
      return { ...answer, resolution: event.data.resolution };
    default:
      return answer;
  }
}
