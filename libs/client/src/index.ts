export * from './agon-client.ts';
export * from './agon-problem.ts';
export type { Fetch, HttpOptions as AgonClientOptions, ReadOptions, WriteOptions } from './http.ts';
export * from './reduce-feed.ts';
export * from './reduce-items.ts';
export type { Followed } from './stream/follow-feed.ts';
