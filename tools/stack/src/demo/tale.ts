import type { AgonClient } from '@agon/client';
import type { Answer } from '@agon/contracts';
import type { CallKind } from './calls.ts';

/** The story that the demo plays: who will lead the harbour council? */

/** A seed that makes Maren Holt the instigator, Tobias Reed the defender and Ilse Brandt the opportunist. */
export const SEED = 'harbour-15';

export const MAREN = '11';
export const TOBIAS = '12';
export const ILSE = '13';

export const CAST = [
  { npcId: MAREN, name: 'Maren Holt', pronouns: 'she', traits: ['proud', 'dutiful'], part: 'harbour master' },
  { npcId: TOBIAS, name: 'Tobias Reed', pronouns: 'he', traits: ['patient'], part: 'speaker of the guild' },
  { npcId: ILSE, name: 'Ilse Brandt', pronouns: 'she', traits: ['shrewd'], part: 'broker' },
] as const;

const npcIds = CAST.map(({ npcId }) => npcId);

/** Whom and what a step speaks of. */
export interface Table {
  readonly client: AgonClient;
  readonly seed: string;
  /** Empty until the story is created; so is the conflict's id. */
  readonly storyId: string;
  readonly conflictId: string;
}

export interface WriteStep {
  /** The step's name in the golden file. */
  readonly id: string;
  readonly kind: Exclude<CallKind, 'state' | 'feed'>;
  /** What happens, for a person. */
  readonly title: string;
  readonly send: (table: Table) => Promise<Answer>;
}

export interface ReadStep {
  readonly id: string;
  readonly kind: 'state' | 'feed';
  readonly title: string;
}

export type Step = WriteStep | ReadStep;

type Choice = Parameters<AgonClient['makeChoice']>[2]['choice'];
type Told = Parameters<AgonClient['tellConflictEvent']>[2];

const choice = (id: string, title: string, made: Choice): WriteStep => ({
  id,
  kind: 'choice',
  title,
  send: ({ client, storyId, conflictId }) => client.makeChoice(storyId, conflictId, { turnId: id, choice: made }),
});

const told = (id: string, kind: 'act' | 'progress', title: string, event: Told): WriteStep => ({
  id,
  kind,
  title,
  send: ({ client, storyId, conflictId }) => client.tellConflictEvent(storyId, conflictId, event),
});

const progress = (id: string, title: string, progressDelta: number, intensityDelta = 0): WriteStep =>
  told(id, 'progress', title, { type: 'ConflictProgressed', progressDelta, intensityDelta, reason: title });

const sync = (id: string, title: string, timeOfDay: string): WriteStep => ({
  id,
  kind: 'sync',
  title,
  send: ({ client, storyId }) =>
    client.syncScene(storyId, {
      sceneId: id,
      locationId: '7',
      npcIds,
      topics: ['succession'],
      activity: 'council meeting',
      timeOfDay,
    }),
});

/** A sentence that the player says, and that a model may only ever read as data. */
export const PLAYER_WORDS = 'Challenge the harbour master in public';

const challenge: Choice = {
  text: PLAYER_WORDS,
  choiceType: 'confrontational',
  stance: 'resist',
  impact: { escalate: true },
  targetNpcId: MAREN,
  tags: ['escalation'],
};

const offer: Choice = {
  text: 'Offer the guild a shared table of fees',
  choiceType: 'diplomatic',
  stance: 'negotiate',
  impact: { deEscalate: true },
  targetNpcId: TOBIAS,
};

const opening: readonly Step[] = [
  {
    id: 'story',
    kind: 'story',
    title: 'You open a story',
    send: ({ client, seed }) => client.createStory({ seed }),
  },
  {
    id: 'npcs',
    kind: 'npcs',
    title: 'You bring in its cast',
    send: ({ client, storyId }) =>
      client.registerNpcs(
        storyId,
        CAST.map(({ npcId, name, pronouns, traits }) => ({ npcId, name, pronouns, traits: [...traits] })),
      ),
  },
  {
    id: 'create',
    kind: 'create',
    title: 'The old chair has resigned: who will lead the harbour council?',
    send: ({ client, storyId }) =>
      client.createConflict(storyId, {
        conflictType: 'power_crisis',
        context: {
          participants: npcIds,
          location: 'Harbour Hall',
          locationId: '7',
          sceneType: 'meeting',
          activity: 'council meeting',
          intensityLevel: 0.6,
          tensionSource: 'succession',
          recentEvents: ['old chair resigned'],
          stakes: ['who sets the berth fees'],
        },
      }),
  },
];

const rising: readonly Step[] = [
  sync('hall', 'You enter Harbour Hall', 'evening'),
  choice('challenge', 'You challenge the harbour master in public', challenge),
  { id: 'glance', kind: 'state', title: 'You ask where things stand' },
  told('motion', 'act', 'Maren Holt blocks the motion of the guild', {
    type: 'StakeholderActed',
    npcId: MAREN,
    actionType: 'aggressive',
    targetNpcId: TOBIAS,
    successProbability: 0.65,
    description: 'Maren Holt blocks the motion of the guild',
  }),
  choice('offer', 'You offer the guild a shared table of fees', offer),
  progress('secret', 'A secret comes out: the ledger was rewritten', 0.5, 0.1),
  sync('recess', 'You come back after the recess', 'night'),
  choice('second-challenge', 'You challenge the harbour master again', challenge),
  { id: 'news', kind: 'feed', title: 'You read what the feed has told so far' },
  progress('sides', 'The benches take sides', 0.2),
];

const turning: readonly Step[] = [
  told('letter', 'act', 'Ilse Brandt sells a letter that Maren Holt trusted her with', {
    type: 'StakeholderActed',
    npcId: ILSE,
    actionType: 'manipulative',
    socialAct: 'betray',
    targetNpcId: MAREN,
    successProbability: 0.5,
  }),
  sync('whispers', 'You look around the hall', 'night'),
  choice('third-challenge', 'You read the rewritten page aloud', { ...challenge, text: 'Read the page aloud' }),
  progress('vote-called', 'The vote is called', 0.85, 0.1),
  choice('second-offer', 'You repeat the offer before the vote', offer),
  progress('count', 'The votes are counted', 0.5),
  progress('won', 'The guild has the majority', 0.5, -0.3),
];

const ending: readonly Step[] = [
  told('hand', 'act', 'Tobias Reed speaks up for Maren Holt', {
    type: 'StakeholderActed',
    npcId: TOBIAS,
    actionType: 'supportive',
    socialAct: 'support',
    targetNpcId: MAREN,
    successProbability: 0.8,
  }),
  progress('terms', 'The terms are written down', 0.95),
  progress('signed', 'The terms are signed', 0.05, -0.3),
  sync('dawn', 'You look around the hall once more', 'morning'),
  {
    id: 'resolve',
    kind: 'resolve',
    title: 'The conflict is settled: the guild and the harbour share the fees',
    send: ({ client, storyId, conflictId }) =>
      client.resolve(storyId, conflictId, {
        type: 'compromise',
        winners: [TOBIAS],
        losers: [MAREN],
        stakes: ['who sets the berth fees'],
      }),
  },
  { id: 'epilogue', kind: 'feed', title: 'You read the end of the feed' },
  { id: 'end', kind: 'state', title: 'You ask where things stand at the end' },
];

export const TALE: readonly Step[] = [...opening, ...rising, ...turning, ...ending];

/** The name of someone of the cast; an unknown id as it is. */
export const nameOf = (npcId: string): string => CAST.find((npc) => npc.npcId === npcId)?.name ?? npcId;
