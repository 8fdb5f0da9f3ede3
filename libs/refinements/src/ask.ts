import {
  LANE_TTL_MS,
  type NamedNpc,
  type NpcProfile,
  type RefinementRequest,
  type RefinementTask,
  taskOf,
} from '@agon/contracts';
import { createHash } from 'node:crypto';

/** What a service wants a model to better: one fast answer, with what is needed to write about it. */
export interface Ask {
  readonly task: RefinementTask;
  /** Local id that the refinement is named after; for a text the id of its item. */
  readonly id: string;
  /** What is refined; a newer ask for the same thing makes the older one pointless. */
  readonly key: string;
  readonly conflictId: string | null;
  readonly npcId: string | null;
  /** The situation, for the prompt. */
  readonly variables: RefinementRequest['variables'];
  /** The fields of the fast answer. */
  readonly current: RefinementRequest['current'];
  readonly untrusted?: RefinementRequest['untrusted'];
  readonly candidates: readonly NamedNpc[];
  readonly others: readonly NamedNpc[];
  readonly outlivesConflict?: boolean;
}

/** When, in the story and by the clock of the message, it is asked. */
export interface Moment {
  /** Ordinal of the input that all this goes back to. */
  readonly turn: number;
  /** When the message was recorded: ISO 8601, UTC. */
  readonly at: string;
}

/** The request as it is stored: ids, versions and the deadline come from the task's row. */
export function requestOf(ask: Ask, { turn, at }: Moment): RefinementRequest {
  const { task, id, key, conflictId, npcId, variables, current, untrusted = [], outlivesConflict = false } = ask;
  const { owner, lane, promptVersion, schemaVersion, itemKind, maxOutputTokens } = taskOf(task);
  return {
    refinementId: `${id}-r1`,
    task,
    conflictId,
    itemId: itemKind === null ? null : id,
    kind: itemKind,
    npcId,
    owner,
    lane,
    key: `${task}/${key}`,
    prompt: { id: task, version: promptVersion },
    schema: { id: task, version: schemaVersion },
    revision: 0,
    variables,
    current,
    untrusted,
    candidates: [...ask.candidates],
    others: [...ask.others],
    contextHash: hashOf([task, promptVersion, schemaVersion, variables, current, untrusted]),
    turn,
    outlivesConflict,
    deadline: new Date(Date.parse(at) + LANE_TTL_MS[lane]).toISOString(),
    budget: { maxOutputTokens },
  };
}

/** Those of a cast who are named by their ids, and the others. */
export function castFor(
  cast: readonly NpcProfile[],
  ids: readonly (string | null | undefined)[],
): { candidates: NamedNpc[]; others: NamedNpc[] } {
  const named = cast.map(({ npcId, name }) => ({ npcId, name }));
  return {
    candidates: named.filter(({ npcId }) => ids.includes(npcId)),
    others: named.filter(({ npcId }) => !ids.includes(npcId)),
  };
}

/** Equal situations have equal hashes: 16 hex digits of SHA-256 over their JSON. */
const hashOf = (context: unknown): string =>
  createHash('sha256').update(JSON.stringify(context)).digest('hex').slice(0, 16);
