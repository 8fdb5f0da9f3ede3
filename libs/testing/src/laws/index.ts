export * from './broker-laws.ts';
export * from './continuity.ts';
export * from './feed-laws.ts';
export * from './history.ts';
export * from './input-laws.ts';
export * from './log-laws.ts';
export * from './refinement-laws.ts';
export * from './settled.ts';
