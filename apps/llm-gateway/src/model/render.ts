import type { NamedNpc, RefinementRequest } from '@agon/contracts';
import { fencedWords, visible } from './player-words.ts';
import type { Prompt } from './prompts.ts';

/** What is sent to a model. */
export interface Rendered {
  /** The system's part: the same for every request of a task. */
  readonly instructions: string;
  /** The one message of the user. */
  readonly input: string;
}

/** Names of the facts, which a request's variables can't take. */
const OURS = new Set(['task', 'basis', 'npcId', 'candidates', 'others', 'current']);

/**
 * The request as a model reads it: the facts on one line of JSON, the only line that is an object, and what the player
 * wrote, fenced off.
 * @param nonce drawn anew for each call, so that no text can hold it
 */
export function render(request: RefinementRequest, prompt: Prompt, nonce: string): Rendered {
  const { untrusted } = request;
  const words =
    untrusted.length === 0
      ? []
      : [
          '',
          ...fencedWords(
            untrusted.map(({ text }) => text),
            nonce,
          ),
        ];
  return {
    instructions: prompt.text,
    input: [
      'The facts:',
      JSON.stringify(factsOf(request), (_, value: unknown) => (typeof value === 'string' ? visible(value) : value)),
      ...words,
    ].join('\n'),
  };
}

function factsOf({ task, revision, npcId, candidates, others, current, variables }: RefinementRequest): object {
  return {
    task,
    basis: revision,
    ...(npcId === null ? {} : { npcId }),
    candidates: namesById(candidates),
    others: namesById(others),
    current,
    ...Object.fromEntries(Object.entries(variables).filter(([name]) => !OURS.has(name))),
  };
}

const namesById = (npcs: readonly NamedNpc[]): object =>
  Object.fromEntries(npcs.map(({ npcId, name }) => [npcId, name]));
