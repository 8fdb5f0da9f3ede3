import { percentile, rounded } from '@agon/stack';
import type { BenchResult } from '../benchmark.ts';
import { type Bound, brokenOf } from '../bounds.ts';
import { spreadOf } from '../rounds.ts';
import type { Ageing } from './ageing.ts';
import type { Beside } from './blocking/beside.ts';
import { HANDLERS } from './blocking/handlers.ts';
import { CALL_KINDS, type CallKind, type Sample } from './calls.ts';
import type { Held } from './holding.ts';
import { MODELS, type Model } from './installation.ts';
import type { Round, Rounds } from './latency.ts';
import type { Plan } from './plan.ts';
import { type Times, cell, ofKind, timesOf } from './spread.ts';

export interface Measured {
  readonly plan: Plan;
  readonly rounds: Rounds;
  readonly long: Ageing;
  readonly restart: Ageing;
  readonly held: Held;
  readonly beside: Beside;
  /** Share of one core that making the load took, the largest of all stretches. */
  readonly cpuShare: number;
  /** What refusals and failures said. */
  readonly said: readonly string[];
}

/** p50 and p99 of choices: the median of the rounds. */
interface Medians {
  readonly p50: number;
  readonly p99: number;
}

const choices = (samples: readonly Sample[]): Times => timesOf(ofKind(samples, 'choice'));

function mediansOf(rounds: readonly Round[], load: keyof Round): Medians {
  const times = rounds.map((round) => choices(round[load]));
  return { p50: spreadOf(times.map(({ p50 }) => p50)).median, p99: spreadOf(times.map(({ p99 }) => p99)).median };
}

/** Ratio; NaN, which breaks every bound, where nothing was measured. */
const over = (value: number, base: number): number => (base === 0 ? Number.NaN : value / base);

/** What must hold, architecture section 11. */
function boundsOf({ rounds, long, held, beside, said }: Measured): Bound[] {
  const medians = (model: Model): Medians => mediansOf(rounds.get(model) ?? [], 'players');
  const healthy = medians('healthy');
  const { fresh, long: old } = { fresh: choices(long.fresh), long: choices(long.long) };
  return [
    { what: 'choice p50', value: healthy.p50, atMost: 10, unit: ' ms' },
    { what: 'choice p99', value: healthy.p99, atMost: 50, unit: ' ms' },
    ...MODELS.filter((model) => model !== 'healthy').flatMap((model): Bound[] => [
      { what: `choice p50, model ${model} over healthy`, value: over(medians(model).p50, healthy.p50), atMost: 1.25 },
      { what: `choice p99, model ${model}`, value: medians(model).p99, atMost: 1.5 * healthy.p99 + 5, unit: ' ms' },
    ]),
    { what: 'choice p50 of long stories over fresh ones', value: over(old.p50, fresh.p50), atMost: 1.3 },
    { what: 'capacity over the blocking design', value: over(held.rate, beside.blockingRate), atLeast: 10 },
    { what: 'accepted inputs that the log does not hold exactly once', value: held.lost.length, atMost: 0 },
    { what: 'kinds of refusals and failures', value: said.length, atMost: 0 },
  ];
}

const sumOf = (numbers: Readonly<Record<string, number>>): number =>
  Object.values(numbers).reduce((sum, number) => sum + number, 0);

function figuresOf({ rounds, long, restart, held, beside, cpuShare }: Measured): Record<string, number> {
  const figures: Record<string, number> = {};
  const put = (name: string, { p50, p99 }: Medians): void => {
    figures[`${name}_p50_ms`] = p50;
    figures[`${name}_p99_ms`] = p99;
  };
  for (const [model, of] of rounds) {
    put(`choice_${model}`, mediansOf(of, 'players'));
    put(`choice_open_${model}`, mediansOf(of, 'open'));
  }
  put('choice_fresh', choices(long.fresh));
  put('choice_long', choices(long.long));
  put('choice_restart', choices(restart.fresh));
  put('choice_restart_long', choices(restart.long));
  put('choice_blocking', choices(beside.samples));
  const { settled, requested, shed } = held.history;
  return {
    ...figures,
    capacity_per_s: rounded(held.rate),
    capacity_p99_ms: held.times.p99,
    accepted: held.accepted,
    lost: held.lost.length,
    cpu_ms_per_call: rounded(sumOf(held.cpu)),
    refinements_requested: requested,
    refinements_settled: sumOf(settled),
    refinements_shed: shed,
    closed_loop_per_s: rounded(beside.ourRate),
    blocking_per_s: rounded(beside.blockingRate),
    capacity_over_blocking: rounded(over(held.rate, beside.blockingRate)),
    load_cpu_share: rounded(cpuShare),
  };
}

const pooled = (rounds: Rounds, model: Model, load: keyof Round, kind: CallKind): Sample[] =>
  (rounds.get(model) ?? []).flatMap((round) => ofKind(round[load], kind));

const one = (title: string, healthy: string, blocking = ''): string[] => [title, healthy, '', '', '', blocking];

function tableOf({ plan, rounds, long, restart, held, beside }: Measured): string[][] {
  const perKind = (title: string, load: keyof Round, blocking: readonly Sample[]): string[][] =>
    CALL_KINDS.map((kind) => [
      `${title}: ${kind}`,
      ...MODELS.map((model) => cell(timesOf(pooled(rounds, model, load, kind)))),
      cell(timesOf(ofKind(blocking, kind))),
    ]);
  const handlers = HANDLERS.map(({ name, on }) => {
    const waited = beside.handled.filter(({ handler, calls }) => handler === name && calls > 0).map(({ ms }) => ms);
    const times = { count: waited.length, p50: percentile(waited, 0.5), p99: percentile(waited, 0.99), lacking: 0 };
    return one(`handler ${name}`, cell(timesOf(pooled(rounds, 'healthy', 'players', on))), cell(times));
  });
  return [
    ['p50 / p99 ms', ...MODELS.map((model) => `model ${model}`), 'blocking design'],
    ...perKind(`${plan.players} players`, 'players', beside.samples),
    ...perKind(`${plan.openRate}/s open loop`, 'open', []),
    one('choice, fresh stories', cell(choices(long.fresh))),
    one(`choice, ${plan.longChoices} choices behind it`, cell(choices(long.long))),
    one('choice after a restart, fresh stories', cell(choices(restart.fresh))),
    one(`choice after a restart, ${plan.longChoices} choices behind it`, cell(choices(restart.long))),
    one(`${plan.players} players without a pause`, cell(beside.ours), cell(beside.blocking)),
    one('the same, calls/s', beside.ourRate.toFixed(0), beside.blockingRate.toFixed(0)),
    one('highest rate held, calls/s', held.rate.toFixed(0)),
    ...handlers,
  ];
}

/** The largest first. */
const inOrder = (times: Readonly<Record<string, number>>): string[] =>
  Object.entries(times)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, ms]) => `${name} ${ms.toFixed(1)}`);

function notesOf({ plan, held, cpuShare, said }: Measured): string[] {
  const { requested, settled, shed } = held.history;
  const ends = Object.entries(settled).map(
    ([type, count]) => `${count} ${type.replace('Refinement', '').toLowerCase()}`,
  );
  return [
    `Each player thinks ${plan.thinkMs / 1000} s (mean of an exponential distribution) before a choice, and makes the other calls of a front end, one in four, right after the answer before. In the open loop calls come when they come, and each is timed from when it was due. An answer that lacks a part counts as never given.`,
    `The blocking design answers from the same services on the same machine, with a gateway that has no model, and then waits for the calls that each handler of the origin awaited: one after another in a handler, the subsystems of a call side by side, as many at once as there are players. Its model is the healthy one. It pays for no refinement; a handler's time counts where it asked a model at all.`,
    `At the highest rate held, ${held.accepted} inputs were accepted in ${plan.holdMs / 1000} s, and ${held.lost.length} of them lost. ${requested} refinements were asked for: ${ends.join(', ')}; ${shed} were shed because the lanes were full.`,
    `A call took ${sumOf(held.cpu).toFixed(1)} ms of processor time at that rate: ${inOrder(held.cpu).join(', ')}.`,
    `Making the load took ${(cpuShare * 100).toFixed(0)} % of one core at most, on the same machine.`,
    ...said.map((line) => `Refused or failed: ${line}`),
  ];
}

const byKind = (samples: readonly Sample[]): Record<string, Times> =>
  Object.fromEntries(CALL_KINDS.map((kind) => [kind, timesOf(ofKind(samples, kind))]));

/** Everything by kind, as it is kept. */
function detailsOf({ plan, rounds, long, restart, held, beside, cpuShare }: Measured): unknown {
  const both = ({ fresh, long }: Ageing): unknown => ({ fresh: byKind(fresh), long: byKind(long) });
  return {
    plan,
    rounds: Object.fromEntries(
      [...rounds].map(([model, of]) => [
        model,
        of.map(({ players, open }) => ({ players: byKind(players), open: byKind(open) })),
      ]),
    ),
    long: both(long),
    restart: both(restart),
    capacity: { ...held, lost: held.lost.length },
    blocking: { rate: beside.blockingRate, ours: beside.ourRate, calls: byKind(beside.samples) },
    cpuShare,
  };
}

export const resultOf = (measured: Measured): BenchResult => ({
  figures: figuresOf(measured),
  broken: brokenOf(boundsOf(measured)),
  absent: [],
  table: tableOf(measured),
  notes: notesOf(measured),
  details: detailsOf(measured),
});
