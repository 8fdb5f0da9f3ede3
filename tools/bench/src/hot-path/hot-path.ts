import type { Benchmark } from '../benchmark.ts';

export const hotPath: Benchmark = {
  name: 'hot-path',
  summary: 'latency and capacity of the calls of a game, beside the blocking design',
  run: () =>
    Promise.resolve({ figures: {}, broken: [], absent: ['hot-path is not written yet'], table: [], details: {} }),
};
