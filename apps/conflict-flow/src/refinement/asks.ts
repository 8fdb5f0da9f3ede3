import { type Choice, type DataOf, type Phase, type RefinementRequest, nameItemId } from '@agon/contracts';
import { type Ask, castFor } from '@agon/refinements';
import type { ConflictEvent, ConflictState } from '../conflict/conflict.ts';
import type { FlowEvent } from '../flow/flow.ts';

type OpenConflict = Exclude<ConflictState, { status: 'none' }>;

/** What a model is asked for with the facts of one decision: a name, turns to come, prose for turns and beats. */
export function asksOf(conflict: ConflictState, facts: readonly (ConflictEvent | FlowEvent)[]): Ask[] {
  if (conflict.status === 'none') return [];
  const choice = facts.flatMap((fact) => (fact.type === 'ChoiceApplied' ? [fact.data.choice] : []))[0];
  return facts.flatMap((fact): Ask[] => {
    switch (fact.type) {
      case 'ConflictCreated':
        return [nameOf(conflict, fact.data)];
      case 'FlowInitialized':
        return [turnsOf(conflict, fact.data)];
      case 'PhaseTransitioned':
        return [transitionOf(conflict, fact.data, choice)];
      case 'DramaticBeatOccurred':
        return [beatOf(conflict, fact.data, choice)];
      default:
        return [];
    }
  });
}

const nameOf = (conflict: OpenConflict, { conflictId, conflictType, name }: DataOf<'ConflictCreated'>): Ask => ({
  ...common(conflict, conflictId),
  task: 'conflict.name',
  id: nameItemId(conflictId),
  key: conflictId,
  variables: { ...premiseOf(conflict), conflictType },
  current: { text: name },
});

const turnsOf = (conflict: OpenConflict, { conflictId, ...flow }: DataOf<'FlowInitialized'>): Ask => ({
  ...common(conflict, conflictId),
  task: 'flow.init',
  id: `turns-${conflictId}`,
  key: conflictId,
  variables: premiseOf(conflict),
  current: { ...flow, conditions: [] },
});

const transitionOf = (
  conflict: OpenConflict,
  { conflictId, itemId, fromPhase, toPhase, transitionType, text }: DataOf<'PhaseTransitioned'>,
  choice: Choice | undefined,
): Ask => ({
  ...common(conflict, conflictId),
  ...wordsOf(choice),
  task: 'flow.transition',
  id: itemId,
  key: conflictId,
  variables: { ...premiseOf(conflict), fromPhase, toPhase },
  current: { text: text.text, transitionType },
  outlivesConflict: isEnd(toPhase),
});

const beatOf = (
  conflict: OpenConflict,
  { conflictId, itemId, beatType, text }: DataOf<'DramaticBeatOccurred'>,
  choice: Choice | undefined,
): Ask => ({
  ...common(conflict, conflictId),
  ...wordsOf(choice),
  task: 'flow.beat_prose',
  id: itemId,
  key: conflictId,
  variables: { ...premiseOf(conflict), beatType },
  current: { text: text.text },
});

/** Everyone of the conflict may be named. */
const common = ({ cast }: OpenConflict, conflictId: string) => ({
  conflictId,
  npcId: null,
  ...castFor(
    cast,
    cast.map(({ npcId }) => npcId),
  ),
});

const premiseOf = ({ name, location, stakes }: OpenConflict): RefinementRequest['variables'] => ({
  conflict: name,
  ...(location === null ? {} : { location }),
  stakes: [...stakes],
});

const wordsOf = (choice: Choice | undefined): Pick<Ask, 'untrusted'> =>
  choice === undefined ? {} : { untrusted: [{ field: 'choice', text: choice.text }] };

const isEnd = (phase: Phase): boolean => phase === 'aftermath';
