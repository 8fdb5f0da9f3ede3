export * from './ask.ts';
export * as refinements from './refinements.ts';
export type { RefinementEvent, RefinementsCommand, RefinementsState } from './refinements.ts';
