import { type ProcessRow, topology } from '@agon/stack';

/** The table of processes, with more variables for some of them, by name. */
export const rowsWith = (variables: Readonly<Record<string, Readonly<Record<string, string>>>>): ProcessRow[] =>
  topology.map((row) => ({
    ...row,
    environment: (place) => ({ ...row.environment(place), ...variables[row.name] }),
  }));
