import { ProjectionOperator, type ProjectionStatus } from '@agon/projections/operator';
import { readFeed } from '@agon/testing/laws';
import { eventually } from '@agon/testing/load';
import { AgonClient } from '@agon/client';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fire, underFire } from '../fire.ts';
import type { Scenario } from '../scenario.ts';

/** A read model of each kind: rows that are only added, and rows that change. */
const BUILT = [
  { service: 'gateway', name: 'story-feed' },
  { service: 'conflict-flow', name: 'conflict-board' },
] as const;
/** Rebuilds that are tried until a kill has come in the middle of one. */
const TRIES = 10;
/** Inputs before the first rebuild, so that there is something to build. */
const INPUTS = { default: 120, long: 2_000 };
/** Between two looks at a build, and between two reads of all feeds; milliseconds. */
const POLL_MS = 2;
const READ_MS = 50;

/** Reads the feed of every story again and again: what was there once is there, whatever is built. */
class Reader {
  reads = 0;
  readonly breaches: string[] = [];
  private readonly ended = new AbortController();
  private readonly reading: Promise<void>;

  constructor(private readonly fire: Fire) {
    this.reading = this.read();
  }

  async stop(): Promise<void> {
    this.ended.abort();
    await this.reading;
  }

  private async read(): Promise<void> {
    const [url = ''] = this.fire.installation.urls;
    const client = new AgonClient({ baseUrl: url });
    const seen = new Map<string, number>();
    while (!this.ended.signal.aborted) {
      for (const storyId of this.fire.players.storyIds) {
        // The gateway is killed now and then.
        const entries = await readFeed(client, storyId).catch(() => undefined);
        if (entries === undefined) continue;
        this.reads += 1;
        const before = seen.get(storyId) ?? 0;
        if (entries.length < before) this.breaches.push(`${storyId}: ${entries.length} entries after ${before}`);
        seen.set(storyId, entries.length);
      }
      await delay(READ_MS);
    }
  }
}

const snake = (name: string): string => name.replaceAll('-', '_');

/** The view of a read model, and the table of one generation. */
const viewOf = ({ service, name }: Pick<ProjectionStatus, 'service' | 'name'>): string =>
  `agon_read.${snake(service)}_${snake(name)}`;
const tableOf = (one: ProjectionStatus): string =>
  `${viewOf(one)}_v${one.version}${one.generation === 1 ? '' : `_g${one.generation}`}`;

/** Rows of a table that was replaced which the one that readers see lacks, has in an older state, or has otherwise. */
async function lostRows({ installation }: Fire, retired: ProjectionStatus): Promise<string[]> {
  const { rows } = await installation.pool.query<{ row: string }>(
    `select concat_ws('/', r.partition, r.story_id, r.key) as row
     from ${tableOf(retired)} r left join ${viewOf(retired)} v using (partition, story_id, key)
     where v.key is null or v.position < r.position or (v.position = r.position and v.doc <> r.doc)`,
  );
  return rows.map(({ row }) => `${viewOf(retired)} ${row} is not what ${tableOf(retired)} had`);
}

/** Rebuilds a read model and kills its service in the middle. Gives whether the kill came before the swap. */
async function rebuildAndKill(
  fire: Fire,
  operator: ProjectionOperator,
  built: (typeof BUILT)[number],
): Promise<boolean> {
  const { service, name } = built;
  const process = fire.installation.stack.process(service);
  const generations = async (): Promise<readonly ProjectionStatus[]> =>
    (await operator.status()).filter((one) => one.service === service && one.name === name);
  const isBuilding = async (): Promise<boolean> => (await generations()).some(({ state }) => state === 'building');
  const id = await operator.rebuild(service, name);
  let hit = false;
  await fire.fault({
    what: `${service} killed while it builds ${name}`,
    begin: async () => {
      while (!(await isBuilding()) && (await operator.operation(id))?.ended !== true) await delay(POLL_MS);
      await process.kill9();
      hit = await isBuilding();
    },
    end: () => process.start(),
  });
  await eventually('the read model is built', async () => (await operator.operation(id))?.ended === true, {
    timeout: 60_000,
  });
  const [last] = (await generations()).filter(({ state }) => state === 'retired').toReversed();
  if (last === undefined) fire.violations.push(`${service} ${name} was not built: nothing is retired`);
  else fire.violations.push(...(await lostRows(fire, last)));
  return hit;
}

export const rebuild: Scenario = {
  name: 'rebuild',
  code: 'F18',
  title: 'a read model is built anew under play, and its service killed in the middle',
  run: (context) =>
    underFire(context, {}, async (fire) => {
      await fire.goOn(context.long ? INPUTS.long : INPUTS.default);
      const operator = await ProjectionOperator.open(fire.installation.stack.postgres.url);
      const reader = new Reader(fire);
      try {
        for (const built of BUILT) {
          let hits = 0;
          for (let attempt = 0; attempt < TRIES && hits < (context.long ? TRIES : 1); attempt += 1) {
            if (await rebuildAndKill(fire, operator, built)) hits += 1;
          }
          if (hits === 0) fire.violations.push(`no kill came in the middle of building ${built.name}`);
        }
      } finally {
        await reader.stop();
        await operator.close();
      }
      if (reader.reads === 0) fire.violations.push('nobody read meanwhile');
      fire.violations.push(...reader.breaches);
    }),
};
