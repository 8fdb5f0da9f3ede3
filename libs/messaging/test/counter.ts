import type { StoredEvent } from '@agon/event-store';

/** The smallest aggregate: it counts up to a limit, and complains about what goes past it. */
export type CounterEvent =
  { type: 'CounterMoved'; data: { by: number; input: number } } | { type: 'CounterRefused'; data: { by: number } };

export interface Counter {
  readonly sum: number;
  readonly inputs: readonly number[];
}

export const LIMIT = 1_000;

export const counter = {
  initialState: (): Counter => ({ sum: 0, inputs: [] }),
  decide: (by: number, input: number, state: Counter): CounterEvent[] => {
    if (by === 0) return [];
    if (state.sum + by > LIMIT) return [{ type: 'CounterRefused', data: { by } }];
    return [{ type: 'CounterMoved', data: { by, input } }];
  },
  evolve: (state: Counter, event: CounterEvent): Counter =>
    event.type === 'CounterMoved'
      ? { sum: state.sum + event.data.by, inputs: [...state.inputs, event.data.input] }
      : state,
};

export const selectCounter = (stored: StoredEvent): CounterEvent | undefined => {
  const { by, input } = stored.data;
  if (stored.type === 'CounterMoved' && typeof by === 'number' && typeof input === 'number') {
    return { type: 'CounterMoved', data: { by, input } };
  }
  return stored.type === 'CounterRefused' && typeof by === 'number'
    ? { type: 'CounterRefused', data: { by } }
    : undefined;
};

export const counterOf = (storyId: string) => ({
  streamId: `counter-${storyId}`,
  decider: counter,
  select: selectCounter,
});
