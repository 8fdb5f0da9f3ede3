/**
 * One aggregate: what it knows, what it is told, what it concludes.
 * All three functions are pure; time, ids and randomness come in with the command.
 */
export interface Decider<State, Command, Event> {
  readonly initialState: () => State;
  /** The facts that follow from the command, in order; none when it changes nothing. */
  readonly decide: (command: Command, state: State) => Event[];
  readonly evolve: (state: State, event: Event) => State;
}
