import { PgEventLog, ParkedStories, createPool } from '@agon/event-store';
import {
  CAST,
  CHALLENGE,
  POWER_CRISIS,
  SYNC,
  answerIn,
  eventually,
  send,
  sendUntilComplete,
  write,
} from '@agon/testing/load';
import { contentPacksFolder, repositoryRoot } from '@agon/stack';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fire } from '../fire.ts';

/** The services that decide with a story's pack. */
const DECIDERS = ['conflict-flow', 'stakeholder-actions', 'social-circle'];
const PACK = 'elsewhere';

/** Two folders of content packs: the gateway's has one pack more. */
export class UnevenPacks {
  private readonly root = mkdtempSync(join(tmpdir(), 'agon-packs-'));
  private readonly whole = join(this.root, 'whole');
  private readonly partial = join(this.root, 'partial');

  constructor() {
    for (const folder of [this.whole, this.partial]) {
      mkdirSync(folder);
      cpSync(join(repositoryRoot, contentPacksFolder, 'harbour'), join(folder, 'harbour'), { recursive: true });
    }
    this.addTo(this.whole);
  }

  /** Variables by service. */
  get variables(): Record<string, Record<string, string>> {
    const partial = DECIDERS.map((name) => [name, { AGON_CONTENT_PACKS: this.partial }] as const);
    return { ...Object.fromEntries(partial), gateway: { AGON_CONTENT_PACKS: this.whole } };
  }

  /** Installs the pack where it lacks; services read their packs when they start. */
  complete(): void {
    this.addTo(this.partial);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private addTo(folder: string): void {
    const pack = join(folder, PACK);
    cpSync(join(repositoryRoot, contentPacksFolder, 'harbour'), pack, { recursive: true });
    const file = join(pack, 'pack.json');
    const told: object = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...told, name: PACK }));
  }
}

const partitionOf = (storyId: string): number => Number(/^p(\d+)_/.exec(storyId)?.[1]);

/** A story with the pack that deciders lack, in a partition where nobody else plays: what it breaks shows in it alone. */
async function createStory(url: string, taken: ReadonlySet<number>): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const key = `poison-${attempt}`;
    const body = { seed: key, contentPack: `${PACK}@1` };
    const { storyId } = answerIn(await send(url, { method: 'POST', path: '/v1/stories', key, body }));
    if (!taken.has(partitionOf(storyId))) return storyId;
  }
}

/**
 * A decider that throws: the story is parked for the services that lack its pack, the others go on; with the pack installed
 * a redrive handles what was parked, in order.
 */
export async function playWithoutPack(fire: Fire, packs: UnevenPacks): Promise<void> {
  const { installation, players } = fire;
  const [url = ''] = installation.urls;
  const taken = new Set(players.storyIds.map(partitionOf));
  const storyId = await createStory(url, taken);
  const partition = partitionOf(storyId);
  const turns = [
    write('npcs', storyId, '', { npcs: CAST }, 'p-npcs'),
    write('conflicts', storyId, '', { conflictId: 'c1', ...POWER_CRISIS }, 'p-conflict'),
    write('choices', storyId, 'c1', CHALLENGE, 'p-choice'),
    write('sync', storyId, '', SYNC, 'p-sync'),
  ];
  for (const turn of turns) await send(url, turn);
  const pool = createPool(installation.stack.postgres.url, 'faults', 2);
  const [log, stories] = [new PgEventLog(pool), new ParkedStories(pool)];
  const parked = async (): Promise<string[]> =>
    (await stories.list()).map((story) => `${story.service} ${story.storyId}`);
  const wanted = DECIDERS.map((service) => `${service} ${storyId}`);
  try {
    let seen: string[] = [];
    await eventually(
      'every decider has parked the story',
      async () => {
        seen = await parked();
        return wanted.every((name) => seen.includes(name));
      },
      { seen: () => seen },
    );
    await fire.goOn(players.storyIds.length * 2);
    const others = (await parked()).filter((name) => !wanted.includes(name));
    fire.violations.push(...others.map((name) => `${name} is parked too`));
    packs.complete();
    for (const service of DECIDERS) await installation.stack.process(service).restart();
    for (const service of DECIDERS) await log.requestRedrive(service, { partition, storyId });
    await eventually('the redrive has handled what was parked', async () => (await parked()).length === 0, {
      timeout: 60_000,
    });
    for (const turn of turns) await sendUntilComplete(url, turn);
  } finally {
    await pool.end();
  }
}
