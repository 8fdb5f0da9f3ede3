import { type EventOf, parseEvent } from '@agon/contracts';
import { type History, allOf } from './history.ts';

/** A level that a fact moved: of what, from where, to where. */
interface Step {
  readonly of: string;
  readonly from: number;
  readonly to: number;
}

/** Where each level starts when no fact has said so: axes at 0, reputations in the middle. */
const TENSION_START = 0;
const REPUTATION_START = 0.5;

function stepsOf(event: EventOf): { start: number; steps: Step[] } {
  switch (event.type) {
    case 'TensionChanged': {
      const { conflictId, tensionType, previousLevel, newLevel } = event.data;
      const step = { of: `tension ${conflictId} ${tensionType}`, from: previousLevel, to: newLevel };
      return { start: TENSION_START, steps: [step] };
    }
    case 'StakeholderJoined': {
      const { conflictId, npcId, stress } = event.data;
      return { start: stress, steps: [{ of: `stress ${conflictId} ${npcId}`, from: stress, to: stress }] };
    }
    case 'StressChanged': {
      const { conflictId, changes } = event.data;
      const stepOf = ({ npcId, previousStress, stress }: (typeof changes)[number]): Step => ({
        of: `stress ${conflictId} ${npcId}`,
        from: previousStress,
        to: stress,
      });
      return { start: Number.NaN, steps: changes.map(stepOf) };
    }
    case 'StakeholderWithdrew': {
      const { conflictId, npcId, previousStress, stress } = event.data;
      return { start: Number.NaN, steps: [{ of: `stress ${conflictId} ${npcId}`, from: previousStress, to: stress }] };
    }
    case 'ReputationChanged': {
      const { npcId, changes } = event.data;
      const stepOf = ({ trait, previousScore, score }: (typeof changes)[number]): Step => ({
        of: `reputation ${npcId} ${trait}`,
        from: previousScore,
        to: score,
      });
      return { start: REPUTATION_START, steps: changes.map(stepOf) };
    }
    default:
      return { start: 0, steps: [] };
  }
}

/**
 * Every level moves on from where the fact before has left it. A service that decides on a state that is not the newest,
 * as after a hand-over between replicas, breaks this.
 */
export function continuous(history: History): string[] {
  const levels = new Map<string, number>();
  return allOf(history).flatMap((stored) => {
    const { start, steps } = stepsOf(parseEvent(stored));
    return steps.flatMap(({ of, from, to }) => {
      const id = `${stored.storyId} ${of}`;
      const level = levels.get(id) ?? start;
      levels.set(id, to);
      return level === from ? [] : [`${stored.partition}/${stored.position} ${id}: from ${from}, but it was ${level}`];
    });
  });
}
