import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REFINEMENT_TASKS, type RefinementTask, taskOf } from '@agon/contracts';

/** What a model is told about one task. */
export interface Prompt {
  /** The task. */
  readonly id: RefinementTask;
  readonly version: number;
  /** The frame that all tasks share, and the task's own text. */
  readonly text: string;
  /** The first 16 hex digits of the SHA-256 of `text`. */
  readonly hash: string;
}

export type Prompts = ReadonlyMap<RefinementTask, Prompt>;

/** A folder of prompts that is not what the tasks ask for; the message is one line. */
export class PromptError extends Error {
  override readonly name = 'PromptError';
}

const FRAME = '_frame.v1.md';

/** The folder of the prompts; the same from `src` and from `dist`. */
export const promptFolder = (): string => fileURLToPath(new URL('../../prompts', import.meta.url));

const fileOf = (task: RefinementTask): string => `${task}.v${taskOf(task).promptVersion}.md`;

/**
 * Reads the frame and the prompt of every task, in the version that the task names. To be called once, at start; it reads
 * synchronously.
 * @throws PromptError when a file is missing, or is there in a version that no task names
 */
export function loadPrompts(folder: string = promptFolder()): Prompts {
  const expected = new Set([FRAME, ...REFINEMENT_TASKS.map(fileOf)]);
  for (const file of expected) {
    if (!existsSync(join(folder, file))) throw new PromptError(`the prompt ${join(folder, file)} is missing`);
  }
  const unknown = readdirSync(folder).find((file) => file.endsWith('.md') && !expected.has(file));
  if (unknown !== undefined) throw new PromptError(`${join(folder, unknown)} is no version of a prompt that is used`);
  const frame = textIn(folder, FRAME);
  return new Map(REFINEMENT_TASKS.map((task) => [task, promptOf(task, `${frame}\n${textIn(folder, fileOf(task))}`)]));
}

const textIn = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');

const promptOf = (task: RefinementTask, text: string): Prompt => ({
  id: task,
  version: taskOf(task).promptVersion,
  text,
  hash: createHash('sha256').update(text).digest('hex').slice(0, 16),
});
