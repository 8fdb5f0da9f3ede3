import type { JsonObject, StoredEvent } from '@agon/event-store';

/** An event as a decider returns it: what happened, without ids or positions. */
export interface Decided {
  readonly type: string;
  readonly data: JsonObject;
  /** Rules, with their weights, behind this event. */
  readonly because?: readonly string[] | undefined;
}

/** One stream that a decision rests on: how to fold it, and which stored events are its own. */
export interface StreamUse<State, Event extends { type: string; data: JsonObject }> {
  readonly streamId: string;
  /** A module-level object: folded states are kept as long as `evolve` is the same function. */
  readonly decider: {
    readonly initialState: () => State;
    readonly evolve: (state: State, event: Event) => State;
  };
  /** The event in the decider's terms; undefined for a type that it does not know. */
  readonly select: (stored: StoredEvent) => Event | undefined;
}

/** Any `StreamUse`. Methods, because their parameters are compared loosely, so that every decider fits. */
export interface AnyStreamUse {
  readonly streamId: string;
  readonly decider: {
    initialState(): unknown;
    evolve(state: unknown, event: unknown): unknown;
  };
  select(stored: StoredEvent): { type: string; data: JsonObject } | undefined;
}

export type Streams = Readonly<Record<string, AnyStreamUse>>;

type StateOf<Use> = Use extends { decider: { initialState: () => infer State } } ? State : never;
type EventOf<Use> = Use extends { select: (stored: StoredEvent) => infer Event } ? Exclude<Event, undefined> : never;
type DecidedOf<Event> = Event extends { type: infer Type; data: infer Data }
  ? { readonly type: Type; readonly data: Data } & Pick<Decided, 'because'>
  : never;

/** The same streams, with each decider's event type held against what `select` returns. */
export type Checked<S extends Streams> = {
  readonly [Name in keyof S]: StreamUse<StateOf<S[Name]>, EventOf<S[Name]>>;
};

/** The folded state of each stream, by the name the caller gave it. */
export type StatesOf<S extends Streams> = { readonly [Name in keyof S]: StateOf<S[Name]> };

/** What to append to one of the streams. Order is kept, within a decision and between them. */
export type Decision<S extends Streams> = {
  [Name in keyof S]: { readonly stream: Name; readonly events: readonly DecidedOf<EventOf<S[Name]>>[] };
}[keyof S];

export type AnyDecision = { readonly stream: string; readonly events: readonly Decided[] };

/** A decided event with the stream it is for. */
export interface Conclusion {
  readonly streamId: string;
  readonly event: Decided;
  /** Which of the decision's events it is, for its id: "0", "1" … */
  readonly nth: string;
}

/**
 * - `appended`: stored by this call, with the mark moved; `events` may be empty.
 * - `already-handled`, `duplicate`: stored by an earlier call; nothing to answer.
 */
export interface Handled {
  outcome: 'appended' | 'already-handled' | 'duplicate';
  events: readonly StoredEvent[];
}

/** Whether a handler's return value is what `Decisions.handle` returns. */
export const isHandled = (value: unknown): value is Handled =>
  typeof value === 'object' && value !== null && 'outcome' in value && 'events' in value && Array.isArray(value.events);
