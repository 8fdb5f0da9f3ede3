import { readFileSync } from 'node:fs';
import { childrenOf } from '../process/identity.ts';

/** @param rollup text of `/proc/<pid>/smaps_rollup`; @returns bytes */
export function parsePss(rollup: string): number | undefined {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/**
 * Memory of a process and its children in bytes: what is theirs alone, and their share of what they share with others
 * (PSS), so that the sum over all processes counts nothing twice.
 * @returns undefined where the system does not tell
 */
export function memoryOf(pid: number): number | undefined {
  try {
    const own = parsePss(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    if (own === undefined) return undefined;
    return childrenOf(pid).reduce((sum, child) => sum + (memoryOf(child) ?? 0), own);
  } catch {
    return undefined;
  }
}
