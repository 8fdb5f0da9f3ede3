import {
  type DataOf,
  type RefinementChanges,
  type RefinementOutput,
  type RefinementRequest,
  type RejectionReason,
  refinementTasks,
  taskOf,
} from '@agon/contracts';
import { strangersIn } from './strangers.ts';

/** What the owner makes of an answer: what it changes and what of it is left out, or why it is turned down. */
export type Verdict =
  | { readonly accepted: true; readonly changes: RefinementChanges; readonly refused: readonly Refused[] }
  | { readonly accepted: false; readonly reason: RejectionReason; readonly detail: string };

interface Refused {
  readonly field: string;
  readonly reason: string;
}

/** Of a condition, in characters. */
const LONGEST_CONDITION = 120;

const rejected = (reason: RejectionReason, detail: string): Verdict => ({ accepted: false, reason, detail });

/**
 * Holds an answer against its request: the conflict's state, schema, revision, ids, persons, then each field. An answer
 * that is right in part is accepted in part: text and bounded flavour, never state.
 *
 * @param closed whether the conflict is closed; what was asked for with its end outlives it.
 */
export function judge(request: RefinementRequest, answer: DataOf<'RefinementAnswered'>, closed: boolean): Verdict {
  if (closed && !request.outlivesConflict) return rejected('conflict_closed', 'the conflict is closed');
  const { schemaId, schemaVersion } = answer.provenance;
  if (schemaId !== request.schema.id || schemaVersion !== request.schema.version) {
    const { id, version } = request.schema;
    return rejected('wrong_schema', `written for ${schemaId}@${schemaVersion}, not ${id}@${version}`);
  }
  const read = refinementTasks[request.task].output.safeParse(answer.output);
  if (!read.success) {
    const issue = read.error.issues[0];
    return rejected('wrong_schema', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not readable'}`);
  }
  const output: RefinementOutput = read.data;
  if (output.basis !== request.revision) {
    return rejected('stale', `written for revision ${output.basis}, not ${request.revision}`);
  }
  return wrongPersons(request, output) ?? fieldsOf(request, output);
}

function wrongPersons(request: RefinementRequest, output: RefinementOutput): Verdict | undefined {
  const { candidates, others } = request;
  const named = [...output.mentions, ...('npcId' in output ? [output.npcId] : [])];
  const isKnown = (id: string): boolean => [...candidates, ...others].some(({ npcId }) => npcId === id);
  const unknown = named.find((id) => !isKnown(id));
  if (unknown !== undefined) return rejected('unknown_id', `there is no "${clip(unknown)}" here`);
  if ('npcId' in output && output.npcId !== request.npcId) {
    return rejected('wrong_entity', `about ${output.npcId}, not ${String(request.npcId)}`);
  }
  const stranger = output.mentions.find((id) => !candidates.some(({ npcId }) => npcId === id));
  if (stranger !== undefined) return rejected('wrong_entity', `${stranger} has no part in it`);
  const [first] = strangersIn('text' in output ? output.text : '', candidates, others);
  return first === undefined ? undefined : rejected('wrong_entity', `names ${first.name}, who has no part in it`);
}

function fieldsOf(request: RefinementRequest, output: RefinementOutput): Verdict {
  const { current, task } = request;
  const mayChange: readonly string[] = taskOf(task).mayChange;
  const refused = Object.entries(output)
    .filter(([field]) => !ECHO.has(field) && !mayChange.includes(field))
    .filter(([field, value]) => value !== (current[field] ?? 0))
    .map(([field]): Refused => ({ field, reason: 'decided by the rules' }));
  const changes: RefinementChanges = {};
  if ('text' in output) {
    const text = output.text.replaceAll(/\s+/g, ' ');
    const problem = problemOf(text);
    if (problem !== undefined) return rejected('wrong_schema', problem);
    if (text === current['text']) refused.push({ field: 'text', reason: 'is the one that was there' });
    else changes.text = { key: `refined.${task}`, params: {}, text };
  }
  if ('emotionalResponse' in output && output.emotionalResponse !== current['emotionalResponse']) {
    changes.emotionalResponse = output.emotionalResponse;
  }
  if ('conditions' in output) {
    const { kept, left } = conditionsOf(request, output.conditions);
    refused.push(...left);
    if (kept.length === 0) return rejected('wrong_schema', 'none of the conditions can be used');
    changes.conditions = kept;
  }
  if (Object.keys(changes).length === 0) return rejected('unchanged', 'everything is as it was');
  return { accepted: true, changes, refused };
}

/** Fields by which an answer says what it is for. */
const ECHO = new Set(['basis', 'mentions', 'npcId']);

function conditionsOf({ candidates, others }: RefinementRequest, given: readonly string[]) {
  const kept: string[] = [];
  const left: Refused[] = [];
  for (const [at, raw] of given.entries()) {
    const condition = raw.trim().replaceAll(/\s+/g, ' ');
    const reason =
      condition === '' || condition.length > LONGEST_CONDITION
        ? `must have 1 to ${LONGEST_CONDITION} characters`
        : kept.includes(condition)
          ? 'is there already'
          : strangersIn(condition, candidates, others).length > 0
            ? 'names someone who has no part in it'
            : problemOf(condition);
    if (reason === undefined) kept.push(condition);
    else left.push({ field: `conditions[${at}]`, reason });
  }
  return { kept, left };
}

/** Why the text can't be shown: what the log or a terminal can't hold, or markup that a page might take for its own. */
function problemOf(text: string): string | undefined {
  if (!text.isWellFormed() || /[\p{Cc}\p{Cf}]/u.test(text)) return 'text: holds control characters';
  return /<[a-z!/]|```|https?:\/\//i.test(text) ? 'text: holds markup or an address' : undefined;
}

const clip = (text: string): string => text.slice(0, 64).toWellFormed();
