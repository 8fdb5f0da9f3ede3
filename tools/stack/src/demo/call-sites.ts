import type { Answer } from '@agon/contracts';
import type { CallKind } from './calls.ts';

/** How many model calls of one sort an answer stands for. */
type CallSite = (answer: Answer) => number;

const once = (): number => 1;
const perItem =
  (kind: string) =>
  ({ items }: Answer): number =>
    items.filter((item) => item.kind === kind).length;
const perTurn = ({ transition }: Answer): number => (transition === undefined ? 0 : 1);
const perJoined = ({ stakeholders }: Answer): number => stakeholders?.length ?? 0;
const perPresent = ({ behaviours }: Answer): number => behaviours?.length ?? 0;

/**
 * What a player would wait for if every model call were awaited before the answer. How often is read from the answer; calls
 * whose number an answer does not tell (NPCs that think about acting, alliances, the spread of gossip) are left out, so that
 * the comparison never flatters.
 */
const SITES: Readonly<Record<CallKind, readonly CallSite[]>> = {
  story: [],
  npcs: [],
  create: [
    // How the flow starts, the opening beat, the first rumour, the name, a profile for each stakeholder.
    once,
    perItem('beat'),
    perItem('gossip'),
    once,
    perJoined,
  ],
  sync: [
    // What an NPC does next, if anybody is there; new gossip, where some started; the reputation of each who is present.
    (answer) => Math.min(1, perPresent(answer)),
    perItem('gossip'),
    perPresent,
  ],
  // The reaction of each who reacts, and the turn of the phase.
  choice: [perItem('reaction'), perTurn],
  // What the act is, how each reputation moved, a beat.
  act: [once, perItem('reputation'), perItem('beat')],
  // What it does to the flow, and the turn of the phase.
  progress: [once, perTurn],
  // The rumour afterwards.
  resolve: [perItem('gossip')],
  state: [],
  feed: [],
};

/** Milliseconds of a model call where none was seen: the median of the simulated model. */
export const USUAL_MODEL_MS = 1200;

/** Model calls that the blocking design would have awaited, one after another, before an answer like this. */
export const blockingCallsOf = (kind: CallKind, answer: Answer): number =>
  SITES[kind].reduce((sum, timesOf) => sum + timesOf(answer), 0);
