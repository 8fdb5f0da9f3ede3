import { z } from 'zod';

/** Partitions of a new installation. A story keeps the partition that its id names, so the number can grow. */
export const PARTITIONS = 64;

/** Ids that a game chooses: NPCs, conflicts, choices, scenes. Local to one story. */
export const LocalId = z
  .string()
  // `__proto__` can't be the key of a record, and ids are.
  .regex(/^(?!__proto__$)[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -')
  .meta({ id: 'LocalId', example: 'maren' });

/** `p<partition>_<letters and digits>`; holds no hyphen, so that stream ids can be taken apart. */
export const StoryId = z
  .string()
  .regex(/^p(0|[1-9]\d{0,3})_[A-Za-z0-9]{8,40}$/, 'must be an id that Agon returned when the story was created')
  .meta({ id: 'StoryId', example: 'p17_5cJ0aQ2mXv8LrT3k' });

/** The partition that owns the story, read from its id. Throws on an id of another shape. */
export function partitionOf(storyId: string): number {
  return Number(StoryId.parse(storyId).slice(1, storyId.indexOf('_')));
}

/** Who may append to which category of streams; everyone may read them. */
export const CATEGORY_OWNERS = {
  game: 'gateway',
  conflict: 'conflict-flow',
  flow: 'conflict-flow',
  stakeholders: 'stakeholder-actions',
  circle: 'social-circle',
  flow_refinements: 'conflict-flow',
  stakeholder_refinements: 'stakeholder-actions',
  circle_refinements: 'social-circle',
  llm: 'llm-gateway',
} as const;

export type Category = keyof typeof CATEGORY_OWNERS;

/** `<category>-<storyId>[-<localId>]` */
export const streamId = (category: Category, storyId: string, localId?: string): string =>
  localId === undefined ? `${category}-${storyId}` : `${category}-${storyId}-${localId}`;

/** The categories that a service owns. */
export const categoriesOf = (service: string): string[] =>
  Object.entries(CATEGORY_OWNERS)
    .filter(([, owner]) => owner === service)
    .map(([category]) => category);
