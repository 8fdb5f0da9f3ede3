import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REFINEMENT_TASKS, taskOf } from '@agon/contracts';
import { z } from 'zod';
import { loadPrompts, PromptError, promptFolder } from './prompts.ts';

/** By task and version, also of versions that are not used any more. */
const hashes = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(join(promptFolder(), 'hashes.json'), 'utf8')));

const DRAFT = /\b(TODO|FIXME|XXX)\b/;

it.each(REFINEMENT_TASKS)('the text of %s is the one that its version stands for', (task) => {
  const prompt = loadPrompts().get(task);
  const key = `${task}.v${taskOf(task).promptVersion}`;
  const known = hashes[key];
  if (prompt?.hash !== known) {
    throw new Error(
      known === undefined
        ? `${key} is new: add "${key}": "${prompt?.hash}" to prompts/hashes.json`
        : `the text of ${key}.md, or of the frame, is not the one that was released as ${key}. Raise promptVersion of ` +
            `${task} in libs/contracts/src/refinement-tasks.ts, rename the file, and add the new version to ` +
            'prompts/hashes.json; or take the change back',
    );
  }
});

it.each(REFINEMENT_TASKS)(
  'the prompt of %s begins with the frame and has an example that its schema accepts',
  (task) => {
    const text = loadPrompts().get(task)?.text ?? '';
    expect(text.startsWith('# Who you are')).toBe(true);
    expect(text).not.toMatch(DRAFT);
    const facts: unknown = JSON.parse(/^Facts: (.*)$/m.exec(text)?.[1] ?? '');
    const answer: unknown = JSON.parse(/^Answer: (.*)$/m.exec(text)?.[1] ?? '');
    expect(facts).toMatchObject({ task, basis: 0 });
    expect(taskOf(task).output.safeParse(answer).error).toBeUndefined();
  },
);

describe('a folder that is not as the tasks want it', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'prompts-'));
    cpSync(promptFolder(), folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(['_frame.v1.md', 'flow.init.v1.md'])('is refused without %s', (file) => {
    rmSync(join(folder, file));
    expect(() => loadPrompts(folder)).toThrow(new PromptError(`the prompt ${join(folder, file)} is missing`));
  });

  it('is refused with another version', () => {
    renameSync(join(folder, 'flow.init.v1.md'), join(folder, 'flow.init.v2.md'));
    expect(() => loadPrompts(folder)).toThrow('flow.init.v1.md is missing');
  });

  it('is refused with a version that nobody asks for', () => {
    writeFileSync(join(folder, 'flow.init.v2.md'), 'text');
    expect(() => loadPrompts(folder)).toThrow('flow.init.v2.md is no version of a prompt that is used');
  });

  it('gives other hashes for another frame', () => {
    writeFileSync(join(folder, '_frame.v1.md'), 'another frame');
    for (const [task, { hash }] of loadPrompts(folder)) expect(hash).not.toBe(loadPrompts().get(task)?.hash);
  });
});
