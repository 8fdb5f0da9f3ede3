import { PARTITIONS } from '@agon/contracts';
import { createHash } from 'node:crypto';

/** A story of a benchmark. */
export interface BenchStory {
  readonly storyId: string;
  readonly partition: number;
}

/** A story in a partition of its own. @param label letters and digits; equal labels give equal stories */
export const storyIn = (partition: number, label: string): BenchStory => ({
  storyId: `p${partition}_${label.padStart(8, '0')}`,
  partition,
});

/** A story wherever chance puts it among all partitions, as players' stories are; the same with each run. */
export const storyOf = (label: string): BenchStory =>
  storyIn(createHash('sha256').update(label).digest().readUInt32BE() % PARTITIONS, label);
