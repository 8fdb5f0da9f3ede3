import type { Scenario } from '../scenario.ts';
import { killedServices } from './f01-killed-services.ts';

/** Every fault, in the order in which `all` runs them. */
export const scenarios: readonly Scenario[] = [killedServices];
