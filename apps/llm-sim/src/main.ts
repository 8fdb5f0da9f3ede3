import { z } from 'zod';
import { logsInfo, parseConfig } from './config.ts';
import { startSim } from './start-sim.ts';

const SERVICE = 'llm-sim';

const giveUp = (problem: string): never => {
  process.stderr.write(`${problem}\n`);
  return process.exit(1);
};

const systemError = z.object({ code: z.string() });

const startProblem = (error: unknown, where: string): string => {
  const system = systemError.safeParse(error);
  if (system.data?.code === 'EADDRINUSE') return `${where} is in use by another process`;
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
};

const parsed = parseConfig(process.env);
if (!parsed.ok) giveUp(parsed.problems.join('\n'));
else {
  const { AGON_HOST: host, AGON_PORT: port, LOG_LEVEL, ...sim } = parsed.config;
  try {
    const { url } = await startSim({
      host,
      port,
      scenario: { mode: sim.AGON_SIM_MODE, medianMs: sim.AGON_SIM_MEDIAN_MS, seed: sim.AGON_SIM_SEED },
    });
    // Nothing to drain: whoever waits for an answer of a provider must bear that it goes away.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
    const line = { level: 30, time: new Date().toISOString(), service: SERVICE, pid: process.pid, url, msg: 'started' };
    if (logsInfo(LOG_LEVEL)) process.stdout.write(`${JSON.stringify(line)}\n`);
  } catch (error) {
    giveUp(`${SERVICE} can't start: ${startProblem(error, `${host}:${port}`)}`);
  }
}
