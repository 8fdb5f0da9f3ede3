import { personForms } from './person.ts';
import { specOf, textKind, type TextKind } from './text-kinds.ts';

const ofPerson = (person: string): string[] => [`${person}.name`, ...personForms.map((form) => `${person}.${form}`)];

/** The slots that templates of this kind may use, optional ones included. */
export const slotsOf = (kind: TextKind): readonly string[] => {
  const { people, optionalPeople, slots, optionalSlots } = specOf(kind);
  return [...[...people, ...optionalPeople].flatMap(ofPerson), ...slots, ...optionalSlots];
};

/** Every slot of every kind: what symbols may use, as they are shared. */
export const allSlots: readonly string[] = [...new Set(textKind.options.flatMap(slotsOf))];

/** The parameters that a request of this kind may leave out. */
export const optionalParamsOf = (kind: TextKind): readonly string[] => {
  const { optionalPeople, optionalSlots } = specOf(kind);
  return [...optionalPeople.flatMap((person) => [`${person}.name`, `${person}.pronouns`]), ...optionalSlots];
};
