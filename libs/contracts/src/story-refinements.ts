import { z } from 'zod';
import { RefinementStatus } from './refinements.ts';
import { StoryState } from './state.ts';

/** Where the refinements of a story stand, by when they were asked for. */
export const StoryRefinements = StoryState.pick({ position: true, stale: true, missing: true })
  .extend({ refinements: z.array(RefinementStatus) })
  .meta({ id: 'StoryRefinements' });
export type StoryRefinements = z.infer<typeof StoryRefinements>;
