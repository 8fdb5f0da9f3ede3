import { type Calls, OUTCOMES } from './calls.ts';

/** The simulator's numbers in Prometheus' text format. */
export const metricsOf = (calls: Calls): string =>
  [
    '# HELP agon_sim_calls_total Calls of the simulated provider that ended, by what became of them.',
    '# TYPE agon_sim_calls_total counter',
    ...OUTCOMES.map((outcome) => `agon_sim_calls_total{outcome="${outcome}"} ${calls.ended(outcome)}`),
    '# HELP process_resident_memory_bytes Resident memory size in bytes.',
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    '',
  ].join('\n');
