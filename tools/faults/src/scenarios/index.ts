import type { Scenario } from '../scenario.ts';
import { killedServices } from './f01-killed-services.ts';
import { writersOfOneStream } from './f16-one-stream.ts';
import { openOnceRace } from './f17-open-once.ts';
import { interleavings } from './f22-interleavings.ts';

/** Every fault, in the order in which `all` runs them. */
export const scenarios: readonly Scenario[] = [killedServices, writersOfOneStream, openOnceRace, interleavings];
