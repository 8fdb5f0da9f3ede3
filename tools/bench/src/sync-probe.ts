import { percentile, rounded } from '@agon/stack';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A page of Postgres' log. */
const PAGE = 8192;
const SYNCS = 200;

/** What kind of disk a time means. */
export function syncClassOf(ms: number): string {
  if (ms < 0.1) return 'a cache answers, not a disk';
  if (ms < 0.5) return 'flash that keeps its cache through a power loss';
  return ms < 5 ? 'flash' : 'a slow disk';
}

/** How long `fdatasync` takes where the servers of a benchmark keep their data. */
export function syncProbe(): { readonly ms: number; readonly class: string } {
  const folder = mkdtempSync(join(tmpdir(), 'agon-sync-'));
  const file = openSync(join(folder, 'probe'), 'w');
  try {
    const page = Buffer.alloc(PAGE, 1);
    const times = Array.from({ length: SYNCS }, (_, n) => {
      writeSync(file, page, 0, PAGE, n * PAGE);
      const began = performance.now();
      fdatasyncSync(file);
      return performance.now() - began;
    });
    const ms = rounded(percentile(times, 0.5));
    return { ms, class: syncClassOf(ms) };
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
}
