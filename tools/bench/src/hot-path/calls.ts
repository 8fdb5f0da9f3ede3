import type { Answer } from '@agon/contracts';

/** Every kind of call that is measured. */
export const CALL_KINDS = ['choice', 'act', 'progress', 'sync', 'create', 'resolve', 'state'] as const;
export type CallKind = (typeof CALL_KINDS)[number];

/** What the game's front end calls besides choices, in turn. */
const BESIDES = ['sync', 'state', 'act', 'progress'] as const;
/** Calls after which a story begins again with a new conflict. */
const CYCLE = 40;

/** A story's n-th call: three in four are choices, and once in a cycle its conflict ends and another one begins. */
export function kindAt(n: number): CallKind {
  if (n % CYCLE === 20) return 'create';
  if (n % CYCLE === 30) return 'resolve';
  return n % 5 === 4 ? (BESIDES[Math.floor(n / 5) % BESIDES.length] ?? 'choice') : 'choice';
}

/** A request as it goes over the wire. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  /** The Idempotency-Key. */
  readonly key?: string;
  readonly body?: object;
}

/** A request that is measured. */
export interface Call extends Request {
  readonly kind: CallKind;
  /** The conflict that it names, or begins. */
  readonly conflictId?: string;
}

const CAST = [
  { npcId: '11', name: 'Maren Holt', pronouns: 'she', traits: ['proud', 'dutiful'] },
  { npcId: '12', name: 'Tobias Reed', pronouns: 'he', traits: ['patient'] },
  { npcId: '13', name: 'Ilse Brandt', pronouns: 'she', traits: ['shrewd'] },
] as const;
const NPCS = CAST.map(({ npcId }) => npcId);

export const openStory = (name: string): Request => ({
  method: 'POST',
  path: '/v1/stories',
  key: name,
  body: { seed: name },
});

export const registerCast = (storyId: string, name: string): Request => ({
  method: 'PUT',
  path: `/v1/stories/${storyId}/npcs`,
  key: `${name}-npcs`,
  body: { npcs: CAST },
});

export interface CallOptions {
  readonly storyId: string;
  readonly conflictId: string;
  /** The idempotency key. It stands in the body too, in a field that nothing depends on: so the log can be searched for it. */
  readonly key: string;
  /** Of a choice: whether it escalates. */
  readonly escalates: boolean;
  /** Of a state: the position that the player has seen. */
  readonly after: number;
}

/** The call of a kind. */
export function callOf(kind: CallKind, { storyId, conflictId, key, escalates, after }: CallOptions): Call {
  const story = `/v1/stories/${storyId}`;
  const post = (path: string, body: object): Call => ({ kind, method: 'POST', path, key, body, conflictId });
  switch (kind) {
    case 'create':
      return post(`${story}/conflicts`, {
        conflictId,
        conflictType: 'power_crisis',
        context: { participants: NPCS, location: 'Harbour Hall', intensityLevel: 0.6, stakes: ['berth fees'] },
      });
    case 'choice':
      return post(`${story}/conflicts/${conflictId}/choices`, { turnId: key, choice: choice(escalates) });
    case 'act':
      return post(`${story}/conflicts/${conflictId}/events`, {
        type: 'StakeholderActed',
        npcId: '13',
        actionType: 'manipulative',
        socialAct: 'betray',
        targetNpcId: '11',
        description: key,
      });
    case 'progress':
      return post(`${story}/conflicts/${conflictId}/events`, {
        type: 'ConflictProgressed',
        progressDelta: 0.3,
        reason: key,
      });
    case 'resolve':
      return post(`${story}/conflicts/${conflictId}/resolve`, {
        resolution: { type: 'compromise', winners: ['12'], losers: ['11'], stakes: [key] },
      });
    case 'sync': {
      const body = { sceneId: key, npcIds: NPCS, topics: ['succession'] };
      return { kind, method: 'POST', path: `${story}/scenes/sync`, key, body };
    }
    case 'state':
      return { kind, method: 'GET', path: `${story}/state?after=${after}` };
  }
}

const choice = (escalates: boolean): object =>
  escalates
    ? {
        text: 'Challenge the harbour master in public',
        choiceType: 'confrontational',
        stance: 'resist',
        impact: { escalate: true },
        targetNpcId: '11',
      }
    : { text: 'Offer a shared table of fees', choiceType: 'diplomatic', stance: 'negotiate', targetNpcId: '12' };

/** What was asked for and never answered in full counts as too late, whatever the clock says. */
export type Outcome = 'complete' | 'partial' | 'refused' | 'unanswered';

/** One measured call. */
export interface Sample {
  readonly kind: CallKind;
  /** Milliseconds from when it was due to the last byte of its answer. */
  readonly ms: number;
  readonly outcome: Outcome;
  /** The idempotency key of a write. */
  readonly key: string | undefined;
}

/** The parts of an answer, or of a state, that a player of the benchmark looks at. */
export type Told = Pick<Answer, 'position'> & {
  pending?: readonly string[];
  stale?: boolean;
  missing?: readonly string[];
};

export const isWhole = ({ pending = [], stale = false, missing = [] }: Told): boolean =>
  pending.length === 0 && missing.length === 0 && !stale;
