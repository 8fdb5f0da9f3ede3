import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { partitionOf } from '@agon/contracts';
import { defaultContentPacks } from '@agon/narrative';
import { repositoryRoot } from '@agon/stack';
import { CHALLENGE, NEGOTIATE, answerIn, eventually, send, sendUntilComplete, write } from '@agon/testing/load';
import { brokenLaws, settled } from './laws.ts';
import { castStory, openConflict } from './prepared-story.ts';
import { START_MS, type System, startSystem } from './system.ts';

const SERVICE = 'conflict-flow';
const MAIN = join(repositoryRoot, 'tools/cli/src/main.ts');
const packs = mkdtempSync(join(tmpdir(), 'agon-packs-'));
const [second, away] = [join(packs, 'harbour@2'), `${packs}-away`];

let system: System;

beforeAll(async () => {
  cpSync(defaultContentPacks(), packs, { recursive: true });
  cpSync(join(packs, 'harbour'), second, { recursive: true });
  const pack = { name: 'harbour', version: 2, title: 'The harbour council, once more', locale: 'en' };
  writeFileSync(join(second, 'pack.json'), JSON.stringify(pack));
  system = await startSystem({}, { AGON_CONTENT_PACKS: packs });
}, START_MS);
afterAll(async () => {
  await system?.stop();
  for (const folder of [packs, away]) rmSync(folder, { recursive: true, force: true });
});

const restart = async (): Promise<void> => {
  const service = system.stack.process(SERVICE);
  await service.kill9();
  await service.start();
};
/** As `./agon` calls it, which would also see whether all is installed. */
const agon = (...words: string[]) =>
  promisify(execFile)(process.execPath, ['--conditions=@agon/source', MAIN, 'parked', ...words], {
    env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: system.stack.postgres.url },
  });

describe('a content pack that is missing', () => {
  it('parks the stories that are told with it; once it is back, ./agon parked redrive lets them go on', async () => {
    const story = await castStory(system.url, 'told-anew', 'harbour-7', 'harbour@2');
    await openConflict(system.url, story, 'c1');
    let other = story;
    // Stories of one partition are decided in its order, but for what is redriven.
    for (let n = 0; partitionOf(other) === partitionOf(story); n += 1)
      other = await castStory(system.url, `other-${n}`, 'harbour-7', 'harbour@1');
    await settled(system);

    renameSync(second, away);
    await restart();
    const choices = [CHALLENGE, NEGOTIATE].map((choice, n) => write('choices', story, 'c1', choice, `choice-${n}`));
    for (const choice of choices) expect(answerIn(await send(system.url, choice)).pending).toContain(SERVICE);
    const parked = () => system.log.parked(SERVICE);
    await eventually('both choices are parked', async () => (await parked()).length === 2);
    expect((await agon('list')).stdout).toContain('content pack harbour@2 is not installed');
    await openConflict(system.url, other, 'c1');
    const elsewhere = write('choices', other, 'c1', CHALLENGE, 'elsewhere');
    expect(answerIn(await sendUntilComplete(system.url, elsewhere)).flow).toBeDefined();
    await expect(agon('redrive', SERVICE, story)).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('failed again: content pack harbour@2 is not installed'),
    });

    renameSync(away, second);
    await restart();
    expect((await agon('redrive', SERVICE, story)).stdout).toContain('goes on');
    expect(await parked()).toEqual([]);
    for (const choice of choices) {
      expect(answerIn(await sendUntilComplete(system.url, choice)).flow).toBeDefined();
    }
    expect(await brokenLaws(system)).toEqual([]);
  }, 120_000);
});
