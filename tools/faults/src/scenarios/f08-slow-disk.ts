import { slowDisk, slowDiskMissing, startPostgres } from '@agon/testing';
import { underFire } from '../fire.ts';
import { openLog } from '../log/open-log.ts';
import { oneEvent, streamIn } from '../log/requests.ts';
import type { Scenario, ScenarioContext } from '../scenario.ts';

/** Added to each sync, in milliseconds; and how many times one writer's appends 32 writers must do at least. */
const DISKS = [
  { delayMs: 1, gain: 4 },
  { delayMs: 10, gain: 8 },
] as const;
const MANY = 32;
/** How long appends are counted, in milliseconds. */
const COUNT_MS = 2_000;
/** Inputs under play on each disk. */
const INPUTS = 80;

const postgres = (delayMs: number) => ({ settings: { fsync: 'on' }, env: slowDisk(delayMs) });

/** Appends per second of so many writers, each with a connection and a partition of its own. */
async function appendsPerSecond(url: string, writers: number): Promise<number> {
  const open = await openLog(url);
  try {
    const connections = await Promise.all(Array.from({ length: writers }, () => open.connect()));
    let appends = 0;
    const end = performance.now() + COUNT_MS;
    await Promise.all(
      connections.map(async ({ log }, partition) => {
        for (; performance.now() < end; appends += 1) {
          await log.append(oneEvent({ partition, streamId: streamIn(partition) }));
        }
      }),
    );
    return appends / (COUNT_MS / 1000);
  } finally {
    await open.close();
  }
}

/** Group commit: many writers share the syncs for which one has to wait alone. */
async function groupCommit({ delayMs, gain }: (typeof DISKS)[number], { say }: ScenarioContext) {
  const server = await startPostgres(undefined, postgres(delayMs));
  try {
    const one = await appendsPerSecond(server.url, 1);
    const many = await appendsPerSecond(server.url, MANY);
    say(`+${delayMs} ms: ${one.toFixed(0)} appends/s by one writer, ${many.toFixed(0)} by ${MANY}`);
    const figures = { [`plus${delayMs}Writer1`]: one, [`plus${delayMs}Writers${MANY}`]: many };
    const violations = [
      ...(one > 1000 / delayMs ? [`+${delayMs} ms: one writer did ${one} appends/s: the disk was not slow`] : []),
      ...(many < gain * one ? [`+${delayMs} ms: ${MANY} writers did ${many} appends/s, one ${one}`] : []),
    ];
    return { figures, violations };
  } finally {
    await server.remove();
  }
}

export const slowDiskUnderPostgres: Scenario = {
  name: 'slow-disk',
  code: 'F8',
  title: 'a disk that takes 1 or 10 ms longer to sync',
  missing: async () => slowDiskMissing(),
  async run(context) {
    const figures: Record<string, number> = {};
    const load: Record<string, number> = {};
    const violations: string[] = [];
    for (const disk of DISKS) {
      const commit = await groupCommit(disk, context);
      // Four syncs, one after the other, are in a choice; ten times slower is what a person notices.
      const options = { postgres: postgres(disk.delayMs), hotPath: disk.delayMs < 10 };
      const played = await underFire(context, options, (fire) => fire.goOn(context.long ? 10 * INPUTS : INPUTS));
      Object.assign(figures, commit.figures);
      for (const [name, value] of Object.entries({ ...played.load, ...played.figures })) {
        load[`plus${disk.delayMs}.${name}`] = value;
      }
      violations.push(...commit.violations, ...played.violations.map((line) => `+${disk.delayMs} ms: ${line}`));
    }
    return { load, faults: DISKS.length, recoverySeconds: [], violations, figures };
  },
};
