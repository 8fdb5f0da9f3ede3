import type { Scenario } from '../scenario.ts';
import { killedServices } from './f01-killed-services.ts';
import { twoRunners } from './f02-two-runners.ts';
import { slowDiskUnderPostgres } from './f08-slow-disk.ts';
import { redelivery } from './f10-redelivery.ts';
import { clockSkew } from './f15-clock-skew.ts';
import { writersOfOneStream } from './f16-one-stream.ts';
import { openOnceRace } from './f17-open-once.ts';
import { interleavings } from './f22-interleavings.ts';

/** Every fault, in the order in which `all` runs them. */
export const scenarios: readonly Scenario[] = [
  killedServices,
  twoRunners,
  slowDiskUnderPostgres,
  redelivery,
  clockSkew,
  writersOfOneStream,
  openOnceRace,
  interleavings,
];
