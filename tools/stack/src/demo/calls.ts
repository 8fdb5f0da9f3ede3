/** Every kind of call that the demo makes. */
export const CALL_KINDS = [
  'story',
  'npcs',
  'create',
  'sync',
  'choice',
  'act',
  'progress',
  'resolve',
  'state',
  'feed',
] as const;
export type CallKind = (typeof CALL_KINDS)[number];

/** One call: milliseconds from the client's send to the last byte of the body. */
export interface Call {
  readonly kind: CallKind;
  readonly ms: number;
  /** Model calls that the blocking design would have awaited in it; none if left out. */
  readonly modelCalls?: number;
}

/** What the origin of the rules promised for a sync and for creating a conflict, in ms; and for every other call. */
const TARGETS: Partial<Record<CallKind, number>> = { sync: 100, create: 300 };
const TARGET_OTHERWISE = 200;

/** For the first story of a stack, whose code and caches are cold; in milliseconds. */
export const COLD_LIMIT = 300;

export const targetOf = (kind: CallKind): number => TARGETS[kind] ?? TARGET_OTHERWISE;
