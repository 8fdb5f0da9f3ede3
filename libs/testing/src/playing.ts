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
