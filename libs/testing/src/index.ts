export * from './servers/index.ts';
export * from './faults/fake-time.ts';
export * from './faults/slow-disk.ts';
export * from './given-when-then.ts';
export * from './playing.ts';
export * from './wait-until.ts';
