import { append } from './append/append.ts';
import type { Benchmark } from './benchmark.ts';
import { hotPath } from './hot-path/hot-path.ts';
import { projection } from './projection/projection.ts';
import { publish } from './publish/publish.ts';
import { skip } from './skip/skip.ts';

/** Every benchmark, in the order of `all`. */
export const benchmarks: readonly Benchmark[] = [append, skip, projection, publish, hotPath];
