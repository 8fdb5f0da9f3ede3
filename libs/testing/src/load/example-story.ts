import type { Sent } from './http.ts';

/** Steps of the example story: a struggle for the chair of a harbour council. */
export const CAST = [
  { npcId: '11', name: 'Maren Holt', pronouns: 'she', traits: ['proud'] },
  { npcId: '12', name: 'Tobias Reed', pronouns: 'he' },
  { npcId: '13', name: 'Ilse Brandt', pronouns: 'she' },
];

export const POWER_CRISIS = {
  conflictType: 'power_crisis',
  context: { participants: ['11', '12', '13'], location: 'Harbour Hall', intensityLevel: 0.6, stakes: ['berth fees'] },
};

export const SYNC = { sceneId: '501', npcIds: ['11', '12', '13'], topics: ['succession'] };

export const CHALLENGE = {
  choice: {
    id: 'ch-3',
    text: 'Challenge the harbour master in public',
    choiceType: 'confrontational',
    stance: 'resist',
    impact: { escalate: true },
    targetNpcId: '11',
  },
};

export const ACT = {
  type: 'StakeholderActed',
  npcId: '11',
  actionType: 'aggressive',
  targetNpcId: '12',
  successProbability: 0.65,
};

export const NEGOTIATE = {
  choice: {
    text: 'Offer a shared table',
    choiceType: 'diplomatic',
    stance: 'negotiate',
    impact: { deEscalate: true },
    targetNpcId: '12',
  },
};

export const SECRET = { type: 'ConflictProgressed', progressDelta: 0.5, intensityDelta: 0.1 };

export const RESOLVE = { resolution: { type: 'compromise', winners: ['12'], losers: ['11'], stakes: ['berth fees'] } };

export type Kind = 'npcs' | 'conflicts' | 'sync' | 'choices' | 'events' | 'resolve';

/** A write to a story, by the kind of route. */
export function write(kind: Kind, storyId: string, conflictId: string, body: unknown, key: string): Sent {
  const story = `/v1/stories/${storyId}`;
  const paths: Record<Kind, string> = {
    npcs: `${story}/npcs`,
    conflicts: `${story}/conflicts`,
    sync: `${story}/scenes/sync`,
    choices: `${story}/conflicts/${conflictId}/choices`,
    events: `${story}/conflicts/${conflictId}/events`,
    resolve: `${story}/conflicts/${conflictId}/resolve`,
  };
  return { method: kind === 'npcs' ? 'PUT' : 'POST', path: paths[kind], key, body };
}

export interface Step {
  readonly kind: Kind;
  readonly body: unknown;
}

/** Everything that comes after the story is created, in order. */
export const EXAMPLE: readonly Step[] = [
  { kind: 'npcs', body: { npcs: CAST } },
  { kind: 'conflicts', body: { conflictId: 'c1', ...POWER_CRISIS } },
  { kind: 'sync', body: SYNC },
  { kind: 'choices', body: CHALLENGE },
  { kind: 'events', body: ACT },
  { kind: 'choices', body: NEGOTIATE },
  { kind: 'events', body: SECRET },
  { kind: 'choices', body: CHALLENGE },
  { kind: 'resolve', body: RESOLVE },
];
