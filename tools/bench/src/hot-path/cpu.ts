import { childrenOf } from '@agon/stack';
import { readFileSync } from 'node:fs';

/** Milliseconds of a tick in `/proc`: USER_HZ is 100 on every machine that Node runs on. */
const TICK_MS = 10;

/**
 * Processor time of a process and of those of its children that have ended, from one line of `/proc/<pid>/stat`.
 * @returns milliseconds; undefined for a line that is none
 */
export function parseCpu(line: string): number | undefined {
  // proc(5): utime, stime, cutime and cstime are fields 14 to 17; the cut leaves field 3 at index 0.
  const ticks = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number);
  const sum = ticks.reduce((total, count) => total + count, 0);
  return ticks.length < 4 || Number.isNaN(sum) ? undefined : sum * TICK_MS;
}

function cpuOf(pid: number): number {
  try {
    return parseCpu(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? 0;
  } catch {
    return 0;
  }
}

/** Processor time that each process has taken so far, its children included, in milliseconds; 0 where there is no `/proc`. */
export const cpuTimes = (processes: readonly { name: string; pid?: number | undefined }[]): Map<string, number> =>
  new Map(
    processes.flatMap(({ name, pid }): [string, number][] =>
      pid === undefined ? [] : [[name, [pid, ...childrenOf(pid)].reduce((sum, one) => sum + cpuOf(one), 0)]],
    ),
  );

/** What each process took between two looks, divided by a number of calls: milliseconds, to hundredths. */
export const perCall = (
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  calls: number,
): Record<string, number> =>
  Object.fromEntries(
    [...after].map(([name, ms]) => [
      name,
      Math.round(((ms - (before.get(name) ?? 0)) / Math.max(1, calls)) * 100) / 100,
    ]),
  );
