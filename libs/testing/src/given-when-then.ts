/// <reference types="jest" />

interface Fact {
  readonly type: string;
  readonly data: object;
}

/** What the sentences need of an aggregate; every decider has this shape. */
export interface Decides<State, Command, Event extends Fact> {
  readonly initialState: () => State;
  readonly decide: (command: Command, state: State) => Event[];
  readonly evolve: (state: State, event: Event) => State;
}

/** An object of which only some parts matter; lists count in full. */
type Part<T> = T extends readonly (infer Item)[]
  ? readonly Part<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Part<T[Key]> }
    : T;

/** A fact by its type and as much of its data as matters; a union over the decider's events. */
export type FactLike<Event> = Event extends { type: infer Type; data: infer Data }
  ? { readonly type: Type; readonly data?: Part<Data> }
  : never;

/**
 * Sentences about one decider: `const given = givenOf(decider)`, then `given(...facts).when(command)` and one of
 * `.then([facts])` exactly these facts in this order, their data compared as far as it is written down;
 * `.thenRefuses(code, part?)` a thrown error or a single fact with this code, and with these parts;
 * `.thenNothing()` no fact. `.facts()` is for what can't be said so.
 */
export const givenOf =
  <State, Command, Event extends Fact>({ initialState, decide, evolve }: Decides<State, Command, Event>) =>
  (...past: readonly Event[]) => ({
    when: (command: Command) => {
      const facts = (): Event[] => decide(command, past.reduce(evolve, initialState()));
      return {
        facts,
        // oxlint-disable-next-line unicorn/no-thenable -- the sentence wants the word, and nobody awaits it
        then: (expected: readonly FactLike<Event>[]): void => expect(facts()).toMatchObject(expected),
        thenRefuses: (code: string, part: object = {}): void => {
          expect(refusalOf(facts)).toMatchObject({ ...part, code });
        },
        thenNothing: (): void => expect(facts()).toEqual([]),
      };
    },
  });

/** What was thrown, or the data of the one fact; all facts when they are no refusal, for the message of the failure. */
function refusalOf(facts: () => readonly Fact[]): unknown {
  try {
    const decided = facts();
    const [only] = decided;
    return only !== undefined && decided.length === 1 ? only.data : decided;
  } catch (error) {
    return error;
  }
}
