import { Pronouns } from '@agon/contracts';

/** What a text needs to know of someone whom it names. */
export interface Person {
  readonly name: string;
  readonly pronouns: Pronouns;
}

/** The two parameters that stand for a person; every form below is derived from them. */
export type PersonParams<Slot extends string> = Readonly<Record<`${Slot}.name`, string>> &
  Readonly<Record<`${Slot}.pronouns`, Pronouns>>;

/** The parameters of one of the persons that a text may name: `{ ...npcParams(maren), player: 'you' }`. */
export const npcParams = (person: Person): PersonParams<'npc'> => ({
  'npc.name': person.name,
  'npc.pronouns': person.pronouns,
});

/** The person whom gossip is about. */
export const aboutParams = (person: Person): PersonParams<'about'> => ({
  'about.name': person.name,
  'about.pronouns': person.pronouns,
});

/** Someone else whom gossip mentions. */
export const otherParams = (person: Person): PersonParams<'other'> => ({
  'other.name': person.name,
  'other.pronouns': person.pronouns,
});

/**
 * The forms that a template may use of a person, beside the name. `is`, `has`, `s` and `es` make the verb agree:
 * `#npc.they# turn#npc.s# away` is "she turns away" or "they turn away".
 */
export const personForms = ['they', 'them', 'their', 'themself', 'is', 'has', 's', 'es'] as const;
export type PersonForm = (typeof personForms)[number];

export const isPersonForm = (word: string): word is PersonForm => personForms.some((form) => form === word);

/** How each form reads, by pronouns. */
export const formOf = (who: Pronouns, form: PersonForm): string => forms[who][form];

const singular = { is: 'is', has: 'has', s: 's', es: 'es' };
const forms: Readonly<Record<Pronouns, Readonly<Record<PersonForm, string>>>> = {
  she: { they: 'she', them: 'her', their: 'her', themself: 'herself', ...singular },
  he: { they: 'he', them: 'him', their: 'his', themself: 'himself', ...singular },
  it: { they: 'it', them: 'it', their: 'its', themself: 'itself', ...singular },
  they: { they: 'they', them: 'them', their: 'their', themself: 'themself', is: 'are', has: 'have', s: '', es: '' },
};
