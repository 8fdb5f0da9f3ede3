import type { BenchContext } from '../benchmark.ts';

/** How much is measured. Times in milliseconds. */
export interface Plan {
  readonly players: number;
  /** A player's mean time to think before a choice. */
  readonly thinkMs: number;
  /** Calls per second of the open loop. */
  readonly openRate: number;
  readonly rounds: number;
  readonly leadInMs: number;
  /** Of one round. */
  readonly playersMs: number;
  readonly openMs: number;
  readonly longStories: number;
  /** Choices behind a long story. */
  readonly longChoices: number;
  readonly longMs: number;
  readonly restartMs: number;
  /** Calls per second with which the search for the capacity begins. */
  readonly firstRate: number;
  readonly stepMs: number;
  readonly holdMs: number;
  readonly blockingMs: number;
  readonly closedMs: number;
}

const DEFAULT: Plan = {
  players: 100,
  thinkMs: 2_000,
  openRate: 200,
  rounds: 3,
  leadInMs: 2_000,
  playersMs: 10_000,
  openMs: 5_000,
  longStories: 4,
  longChoices: 2_000,
  longMs: 15_000,
  restartMs: 10_000,
  firstRate: 100,
  stepMs: 5_000,
  holdMs: 60_000,
  blockingMs: 20_000,
  closedMs: 10_000,
};

const LONG: Plan = {
  ...DEFAULT,
  rounds: 5,
  playersMs: 30_000,
  openMs: 20_000,
  longMs: 60_000,
  restartMs: 30_000,
  stepMs: 15_000,
  blockingMs: 60_000,
  closedMs: 30_000,
};

const SMOKE: Plan = {
  players: 10,
  thinkMs: 200,
  openRate: 20,
  rounds: 1,
  leadInMs: 200,
  playersMs: 2_000,
  openMs: 1_000,
  longStories: 2,
  longChoices: 20,
  longMs: 1_000,
  restartMs: 1_000,
  firstRate: 20,
  stepMs: 1_000,
  holdMs: 2_000,
  blockingMs: 4_000,
  closedMs: 1_000,
};

export const planOf = ({ long, smoke }: Pick<BenchContext, 'long' | 'smoke'>): Plan =>
  smoke ? SMOKE : long ? LONG : DEFAULT;
