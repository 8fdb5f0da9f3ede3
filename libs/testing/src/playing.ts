import type { Decides } from './given-when-then.ts';

/** Commands one after another: every fact, and every state from the first to the last. */
export function play<State, Command, Event extends { type: string; data: object }>(
  { initialState, decide, evolve }: Decides<State, Command, Event>,
  commands: readonly Command[],
): { facts: Event[]; states: State[] } {
  const facts: Event[] = [];
  const states = [initialState()];
  for (const command of commands) {
    const state = states.at(-1) ?? initialState();
    const decided = decide(command, state);
    facts.push(...decided);
    states.push(decided.reduce(evolve, state));
  }
  return { facts, states };
}

/** Every number anywhere in the value that is not a whole number of thousandths within -1..1. */
export function looseNumbers(value: unknown): number[] {
  if (typeof value === 'number') {
    return value >= -1 && value <= 1 && value === Math.round(value * 1000) / 1000 ? [] : [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(looseNumbers) : [];
}

/**
 * The commands, by their number, before which a snapshot would change what is decided or folded from there on: none, where
 * a state and all that is concluded from it survive JSON. `told` makes the commands anew, for their randomness is used up.
 */
export function snapshotFaults<State, Command, Event extends { type: string; data: object }>(
  decider: Decides<State, Command, Event>,
  told: () => readonly Command[],
): number[] {
  const { states } = play(decider, told());
  return states.flatMap((state, at) => {
    const kept: State = JSON.parse(JSON.stringify(state));
    const [fromZero, fromSnapshot] = [state, kept].map((from) =>
      play({ ...decider, initialState: () => from }, told().slice(at)),
    );
    return JSON.stringify(fromSnapshot) === JSON.stringify(fromZero) ? [] : [at];
  });
}
