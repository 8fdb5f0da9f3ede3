import type { NpcProfile, Resolution } from '@agon/contracts';
import { type Telling, defaultContentPacks, loadContentPacks, random } from '@agon/narrative';
import type { CircleCommand } from '../src/circle/circle.ts';

/** The people, words and commands that the specs share. */

const conflictId = 'c1';

export const packs = loadContentPacks(defaultContentPacks());

export const telling = (ordinal = 1, storySeed = 'harbour-7', stream = 'circle'): Telling => ({
  pack: packs.get('harbour'),
  ordinal,
  random: random({ storySeed, inputSequence: ordinal, stream, n: 0 }),
});

export const maren: NpcProfile = { npcId: '11', name: 'Maren Holt', pronouns: 'she', traits: ['proud'] };
export const tobias: NpcProfile = { npcId: '12', name: 'Tobias Reed', pronouns: 'he', traits: [] };
export const ilse: NpcProfile = { npcId: '13', name: 'Ilse Brandt', pronouns: 'they', traits: [] };
export const cast = [maren, tobias, ilse];

export const resolutionOf = (of: Partial<Resolution> = {}): Resolution => ({
  type: 'compromise',
  winners: [],
  losers: [],
  stakes: [],
  ...of,
});

type Of<Type extends CircleCommand['type']> = Partial<Extract<CircleCommand, { type: Type }>>;

export const noteConflict = (of: Of<'NoteConflict'> = {}): CircleCommand => ({
  type: 'NoteConflict',
  conflictId,
  cast,
  telling: telling(2),
  ...of,
});

export const noteAct = (of: Of<'NoteAct'> = {}): CircleCommand => ({
  type: 'NoteAct',
  conflictId,
  act: 'support',
  actor: maren,
  target: tobias,
  telling: telling(3),
  ...of,
});

export const noteResolution = (resolution: Resolution, of: Of<'NoteResolution'> = {}): CircleCommand => ({
  type: 'NoteResolution',
  conflictId,
  resolution,
  cast,
  telling: telling(4),
  ...of,
});

export const observe = (present: readonly NpcProfile[], ordinal = 5): CircleCommand => ({
  type: 'ObserveScene',
  present,
  telling: telling(ordinal),
});
