export * from './eventually.ts';
export * from './example-story.ts';
export * from './feed-follower.ts';
export * from './http.ts';
export * from './players.ts';
