import { table } from '../status/table.ts';
import { CALL_KINDS, COLD_LIMIT, type Call, targetOf } from './calls.ts';

/** Times in milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * The smallest value that at least the share of all values does not exceed (nearest rank); 0 when there are none.
 * @param share above 0, at most 1
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0;
}

/** Hundredths of a millisecond are noise already. */
export const rounded = (ms: number): number => Math.round(ms * 100) / 100;

export function spreadOf(calls: readonly Call[]): Spread {
  const values = calls.map(({ ms }) => ms);
  const at = (share: number): number => rounded(percentile(values, share));
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function cells(name: string, calls: readonly Call[], target: string): string[] {
  const { p50, p99, max } = spreadOf(calls);
  return [name, String(calls.length), ...[p50, p99, max].map((ms) => ms.toFixed(1)), target];
}

/** A line per kind of call, and one for all of them. */
export function figuresTable(calls: readonly Call[]): string[] {
  const lines = CALL_KINDS.map((kind) => {
    const of = calls.filter((call) => call.kind === kind);
    return cells(kind, of, String(targetOf(kind)));
  });
  return table([['call', 'count', 'p50 ms', 'p99 ms', 'max ms', 'target ms'], ...lines, cells('all', calls, '')]);
}

/** Calls of the timed stories that took longer than their target, a line each. */
export const overTarget = (calls: readonly Call[]): string[] =>
  calls
    .filter(({ kind, ms }) => ms > targetOf(kind))
    .map(({ kind, ms }) => `a call "${kind}" took ${ms.toFixed(0)} ms; its target is ${targetOf(kind)} ms`);

/** Calls of the first story that took longer than a cold call may, a line each. */
export const overColdLimit = (calls: readonly Call[]): string[] =>
  calls
    .filter(({ ms }) => ms > COLD_LIMIT)
    .map(({ kind, ms }) => `a cold call "${kind}" took ${ms.toFixed(0)} ms; the limit is ${COLD_LIMIT} ms`);
