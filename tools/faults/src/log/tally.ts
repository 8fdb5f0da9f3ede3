import { defineProjection } from '@agon/projections';

/** Counts a stream's events and writes down which they were: what is folded twice, or not at all, shows. */
export const tally = defineProjection({
  name: 'tally',
  version: 1,
  handles: ['Probed'],
  key: ({ streamId }) => streamId,
  initial: () => ({ events: 0, positions: '' }),
  evolve: (row, { position }) => ({ events: row.events + 1, positions: `${row.positions}${position},` }),
});
