import type { DataOf } from '@agon/contracts';

/** What an input did to flow and tension, as every fact that applies one tells it. */
export type Moved = Pick<DataOf<'ProgressApplied'>, 'flow' | 'tension' | 'tensionChanges' | 'transition'>;
