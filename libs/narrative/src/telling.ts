import type { ContentPack } from './content-pack.ts';
import type { Random } from './random.ts';

/** What a decider tells with: the words of the story's pinned pack, and this input's randomness. */
export interface Telling {
  readonly pack: ContentPack;
  readonly random: Random;
  /** The input's ordinal in its story: makes item ids unique, and equal in stories that are told alike. */
  readonly ordinal: number;
}
