import { z } from 'zod';
import type { PersonParams } from './person.ts';
import * as words from './vocabulary.ts';

/** An enum of words. */
export type Words = z.ZodEnum<Readonly<Record<string, string>>>;

/** What a content pack must offer for one kind of text, and what a request for one brings. */
interface KindSpec {
  /** The file of the pack that holds its templates. */
  readonly file: string;
  /** What a request states, and a template's conditions may ask for. */
  readonly facts: Readonly<Record<string, Words>>;
  /** Persons and plain slots that every request fills. */
  readonly people: readonly string[];
  readonly slots: readonly string[];
  /** Those that a request may leave out: a template that uses one is then passed over. */
  readonly optionalPeople: readonly string[];
  readonly optionalSlots: readonly string[];
  /** The person whom every template must name. */
  readonly mustName: string | undefined;
  /** How many templates must fit best, whatever the facts: the fewer, the sooner a text comes back. */
  readonly atLeast: number;
}

const none = [] as const;
const scene = { people: none, slots: none, optionalPeople: none, mustName: undefined } as const;
const ofNpc = { people: ['npc'], slots: none, optionalPeople: none, mustName: 'npc' } as const;

/**
 * Every kind of text. Six for reactions and beats: with six skeletons, five uses in a row repeat nothing
 * (narrative model B13); three names, since a story has few conflicts of one family; else enough for variety.
 */
export const textKinds = {
  'conflict-name': {
    ...scene,
    file: 'names.json',
    facts: { family: words.conflictFamily },
    optionalSlots: none,
    atLeast: 3,
  },
  reaction: {
    ...ofNpc,
    file: 'reactions.json',
    facts: {
      reactionType: words.reactionType,
      emotionalResponse: words.emotionalResponse,
      role: words.stakeholderRole,
      choiceType: words.choiceType,
      targeted: words.targeted,
    },
    slots: ['player'],
    optionalSlots: ['place'],
    atLeast: 6,
  },
  beat: {
    ...scene,
    file: 'beats.json',
    facts: { beatType: words.beatType, phase: words.conflictPhase },
    optionalSlots: ['place', 'conflict'],
    atLeast: 6,
  },
  transition: {
    ...scene,
    file: 'transitions.json',
    facts: { fromPhase: words.conflictPhase, toPhase: words.conflictPhase, direction: words.transitionDirection },
    optionalSlots: ['place', 'conflict'],
    atLeast: 2,
  },
  'breaking-point.trigger': {
    ...scene,
    file: 'breaking-point-triggers.json',
    facts: { tensionType: words.tensionType },
    optionalSlots: ['place', 'conflict'],
    atLeast: 1,
  },
  'breaking-point.consequence': {
    ...scene,
    file: 'breaking-point-consequences.json',
    facts: { tensionType: words.tensionType },
    optionalSlots: ['place', 'conflict'],
    atLeast: 2,
  },
  'breaking-point.choice': {
    ...scene,
    file: 'breaking-point-choices.json',
    facts: { tensionType: words.tensionType, approach: words.approach },
    optionalSlots: ['place', 'conflict'],
    atLeast: 1,
  },
  gossip: {
    file: 'gossip.json',
    facts: { occasion: words.gossipOccasion, gossipType: words.gossipType },
    people: ['about'],
    slots: none,
    optionalPeople: ['other'],
    optionalSlots: ['place', 'conflict'],
    mustName: 'about',
    atLeast: 3,
  },
  reputation: {
    ...ofNpc,
    file: 'reputations.json',
    facts: { reputationType: words.reputationType, change: words.reputationChange },
    optionalSlots: none,
    atLeast: 2,
  },
  profile: {
    ...ofNpc,
    file: 'profiles.json',
    facts: { role: words.stakeholderRole },
    optionalSlots: none,
    atLeast: 3,
  },
  withdrawal: {
    ...ofNpc,
    file: 'withdrawals.json',
    facts: { role: words.stakeholderRole },
    optionalSlots: ['place', 'conflict'],
    atLeast: 3,
  },
  atmosphere: {
    ...scene,
    file: 'atmosphere.json',
    facts: { level: words.atmosphereLevel },
    optionalSlots: ['place'],
    atLeast: 3,
  },
  behaviour: {
    ...ofNpc,
    file: 'behaviours.json',
    facts: { hint: words.behaviourHint },
    optionalSlots: ['place'],
    atLeast: 3,
  },
} as const satisfies Readonly<Record<string, KindSpec>>;

type Specs = typeof textKinds;
export type TextKind = keyof Specs;

export const textKind = z.enum([
  'conflict-name',
  'reaction',
  'beat',
  'transition',
  'breaking-point.trigger',
  'breaking-point.consequence',
  'breaking-point.choice',
  'gossip',
  'reputation',
  'profile',
  'withdrawal',
  'atmosphere',
  'behaviour',
] satisfies TextKind[]);

/** The facts that a request for this kind states, all of them. */
export type FactsOf<K extends TextKind> = {
  readonly [F in keyof Specs[K]['facts']]: z.infer<Specs[K]['facts'][F]>;
};

/** The parameters of this kind: names and pronouns of its persons, and its plain slots. */
export type ParamsOf<K extends TextKind> = PersonParams<Specs[K]['people'][number]> &
  Readonly<Record<Specs[K]['slots'][number], string>> &
  Partial<PersonParams<Specs[K]['optionalPeople'][number]>> &
  Readonly<Partial<Record<Specs[K]['optionalSlots'][number], string>>>;

/** The same table, read as plain data. */
export const specOf = (kind: TextKind): KindSpec => textKinds[kind];
