import { blockingLine } from './blocking.ts';
import { COLD_LIMIT } from './calls.ts';
import { figuresTable } from './figures.ts';
import { inWords } from './refinement-counts.ts';
import type { Report } from './report.ts';

/** Of what was missed, the lines that are printed to a person. */
const LINES = 20;

/** The figures of all that was played, for a person. */
export function conclude(report: Report, say: (line: string) => void): void {
  const { ok, calls, cold, fast, refinements, settleMs, figures, missed } = report;
  const { stories = 0, blockingP50Ms = 0, blockingTotalMs = 0, idleMemoryMiB } = figures;
  for (const line of figuresTable(calls)) say(line);
  say('');
  say(`${stories} stories after the first, whose slowest call took ${cold.max} ms (limit ${COLD_LIMIT}).`);
  say(`Refinements: ${inWords(refinements)}.`);
  if (refinements.open === 0) say(`All of them had ended ${(settleMs / 1000).toFixed(1)} s after the last call.`);
  say(blockingLine({ p50: blockingP50Ms, total: blockingTotalMs }, fast.p50));
  if (idleMemoryMiB !== undefined) say(`All processes together use ${idleMemoryMiB.toFixed(0)} MiB of memory.`);
  if (ok) say('ok: every answer whole and in time, every number as recorded, stream equal to state, every text final.');
  else say('Missed:');
  for (const line of missed.slice(0, LINES)) say(`  ${line}`);
  if (missed.length > LINES) say(`  and ${missed.length - LINES} more`);
}
