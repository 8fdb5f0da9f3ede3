import { type History, type ToldInput, breachesOf, settled as atRest } from '@agon/testing/laws';
import { findReadModels, foldedFromLog } from './read-models.ts';
import type { System } from './system.ts';

/** Waits until nothing is left to do, and gives the log. */
export const settled = (system: System, timeout?: number): Promise<History> => atRest(system, timeout);

/**
 * Waits until the system is at rest, and looks at it from every side: log, broker, read models, API. A line per breach.
 * @param told with them, the inputs of their stories must be exactly these
 */
export async function brokenLaws(system: System, told: readonly ToldInput[] = []): Promise<string[]> {
  const history = await settled(system);
  return [
    ...(await breachesOf(system, history, told)),
    ...(await foldedFromLog(system.pool, history, await findReadModels())),
  ];
}
