import { Choice, type NpcProfile } from '@agon/contracts';
import { type Telling, defaultContentPacks, loadContentPacks, random } from '@agon/narrative';
import type { z } from 'zod';

/** The people and words that the specs share. */

export const packs = loadContentPacks(defaultContentPacks());

export const telling = (ordinal = 1, storySeed = 'harbour-7', stream = 'flow-c1'): Telling => ({
  pack: packs.get('harbour'),
  ordinal,
  random: random({ storySeed, inputSequence: ordinal, stream, n: 0 }),
});

export const maren: NpcProfile = { npcId: '11', name: 'Maren Holt', pronouns: 'she', traits: ['proud'] };
export const tobias: NpcProfile = { npcId: '12', name: 'Tobias Reed', pronouns: 'he', traits: [] };
export const ilse: NpcProfile = { npcId: '13', name: 'Ilse Brandt', pronouns: 'she', traits: [] };
export const cast = [maren, tobias, ilse];

/** A neutral choice, but for what is given. */
export const choice = (of: Partial<z.input<typeof Choice>> = {}): Choice =>
  Choice.parse({ text: 'Wait and see', choiceType: 'neutral', ...of });

export const challenge = choice({
  text: 'Challenge the harbour master in public',
  choiceType: 'confrontational',
  stance: 'resist',
  impact: { escalate: true },
  targetNpcId: maren.npcId,
});

export const negotiation = choice({
  text: 'Offer a shared fee table',
  choiceType: 'diplomatic',
  stance: 'negotiate',
  impact: { deEscalate: true },
  targetNpcId: tobias.npcId,
});
