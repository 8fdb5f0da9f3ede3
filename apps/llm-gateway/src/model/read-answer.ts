import { type RefinementRequest, taskOf } from '@agon/contracts';
import { type ModelAnswer, ModelFailure } from './model.ts';

/**
 * The answer in what a model wrote. Prose or a code fence around the first object is cut away; nothing else is repaired.
 * @throws ModelFailure `schema_invalid` when there is no object, or it is not what the task asks for
 */
export function readAnswer(task: RefinementRequest['task'], written: string): ModelAnswer['output'] {
  const checked = taskOf(task).output.safeParse(parse(firstObject(written)));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
}

const invalid = (detail: string, options?: ErrorOptions): ModelFailure =>
  new ModelFailure('schema_invalid', 'neutral', detail, options);

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw invalid('the first object is no JSON', { cause });
  }
}

/** From the first brace to the one that closes it; braces inside strings don't count. */
function firstObject(written: string): string {
  const start = written.indexOf('{');
  if (start === -1) throw invalid('there is no object');
  let depth = 0;
  for (const { 0: token, index } of written.slice(start).matchAll(/"(?:[^"\\]|\\.)*"?|[{}]/gsu)) {
    if (token === '{') depth += 1;
    else if (token === '}') depth -= 1;
    if (depth === 0) return written.slice(start, start + index + 1);
  }
  throw invalid('the object does not end');
}
