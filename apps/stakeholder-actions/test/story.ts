import { Choice, type NpcProfile, type Role, type TensionChange, type TensionType } from '@agon/contracts';
import { type Telling, defaultContentPacks, loadContentPacks, random } from '@agon/narrative';
import type { z } from 'zod';
import type { Stakeholder } from '../src/stakeholders/joining.ts';
import type { StakeholdersCommand, StakeholdersEvent } from '../src/stakeholders/stakeholders.ts';

/** The people, words and facts that the specs share. */

const conflictId = 'c1';

export const packs = loadContentPacks(defaultContentPacks());

export const telling = (ordinal = 1, storySeed = 'harbour-7', stream = 'stakeholders-c1'): Telling => ({
  pack: packs.get('harbour'),
  ordinal,
  random: random({ storySeed, inputSequence: ordinal, stream, n: 0 }),
});

export const maren: NpcProfile = { npcId: '11', name: 'Maren Holt', pronouns: 'she', traits: ['proud'] };
export const tobias: NpcProfile = { npcId: '12', name: 'Tobias Reed', pronouns: 'he', traits: [] };
export const ilse: NpcProfile = { npcId: '13', name: 'Ilse Brandt', pronouns: 'they', traits: [] };
export const cast = [maren, tobias, ilse];

/** A neutral choice, but for what is given. */
export const choice = (of: Partial<z.input<typeof Choice>> = {}): Choice =>
  Choice.parse({ text: 'Wait and see', choiceType: 'neutral', ...of });

export const stakeholder = (profile: NpcProfile, role: Role, of: Partial<Stakeholder> = {}): Stakeholder => ({
  npcId: profile.npcId,
  name: profile.name,
  role,
  decisionStyle: 'reactive',
  stress: 0.3,
  commitment: 0.6,
  profile,
  ...of,
});

export const joined = (profile: NpcProfile, role: Role, of: Partial<Stakeholder> = {}): StakeholdersEvent => ({
  type: 'StakeholderJoined',
  data: { conflictId, ...stakeholder(profile, role, of) },
});

export const released: StakeholdersEvent = { type: 'StakeholdersReleased', data: { conflictId } };

/** An axis that has moved to a level. */
export const moved = (tensionType: TensionType, previousLevel: number, newLevel: number): TensionChange => ({
  tensionType,
  previousLevel,
  newLevel,
  delta: Math.round((newLevel - previousLevel) * 1000) / 1000,
});

type Of<Type extends StakeholdersCommand['type']> = Partial<Extract<StakeholdersCommand, { type: Type }>>;

const still = { tensionChanges: [], transition: null };

export const assemble = (of: Of<'Assemble'> = {}): StakeholdersCommand => ({
  type: 'Assemble',
  conflictId,
  conflictType: 'power_crisis',
  cast,
  telling: telling(),
  ...of,
});

export const react = (to: Choice, of: Of<'ReactToChoice'> = {}): StakeholdersCommand => ({
  type: 'ReactToChoice',
  conflictId,
  choice: to,
  telling: telling(2),
  ...still,
  ...of,
});

export const bear = (of: Of<'BearMovement'>): StakeholdersCommand => ({
  type: 'BearMovement',
  conflictId,
  telling: telling(2),
  ...still,
  ...of,
});

export const release: StakeholdersCommand = { type: 'Release', conflictId, telling: telling(2) };
