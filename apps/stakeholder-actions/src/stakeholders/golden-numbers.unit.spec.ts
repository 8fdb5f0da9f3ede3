import { play } from '@agon/testing';
import { bear, choice, ilse, joined, maren, moved, react, telling, tobias } from '../../test/story.ts';
import { decider } from './stakeholders.ts';

/**
 * Maren's stress in the example story, worked out by hand. A hostile choice adds .1 to those who react to it, and the
 * one addressed always does; every axis that moved and stands above .7 adds .05 to everyone.
 *
 * | step      | choice            | axes that moved        | stress            |
 * |-----------|-------------------|------------------------|-------------------|
 * | creation  |                   |                        | .45 (instigator)  |
 * | challenge | hostile, at Maren | power .75, social .4   | .45 + .1 + .05    |
 * | act       |                   | power .88, emotional   | .6 + .05          |
 * | negotiate | friendly          | social .35             | .65               |
 * | progress  |                   | none                   | .65               |
 * | challenge | hostile, at Maren | power 1, social .45    | .65 + .1 + .05    |
 */
const challenge = choice({
  text: 'Challenge the harbour master in public',
  choiceType: 'confrontational',
  stance: 'resist',
  impact: { escalate: true },
  targetNpcId: maren.npcId,
});
const negotiation = choice({
  choiceType: 'diplomatic',
  stance: 'negotiate',
  impact: { deEscalate: true },
  targetNpcId: tobias.npcId,
});
const commands = [
  react(challenge, { tensionChanges: [moved('power', 0.6, 0.75), moved('social', 0.3, 0.4)], telling: telling(2) }),
  bear({ tensionChanges: [moved('power', 0.75, 0.88), moved('emotional', 0, 0.065)], telling: telling(3) }),
  react(negotiation, { tensionChanges: [moved('social', 0.4, 0.35)], telling: telling(4) }),
  bear({ telling: telling(5) }),
  react(challenge, { tensionChanges: [moved('power', 0.88, 1), moved('social', 0.35, 0.45)], telling: telling(6) }),
];

describe('the stakeholders of the example story', () => {
  const created = [
    joined(maren, 'instigator', { stress: 0.45 }),
    joined(tobias, 'defender', { decisionStyle: 'rational' }),
    joined(ilse, 'opportunist', { decisionStyle: 'calculating' }),
  ].reduce(decider.evolve, decider.initialState());
  const { facts, states } = play({ ...decider, initialState: () => created }, commands);

  it('let Maren bear what the golden numbers say', () => {
    const stress = states.map(({ members }) => members.find(({ npcId }) => npcId === maren.npcId)?.stress);
    expect(stress).toEqual([0.45, 0.6, 0.65, 0.65, 0.65, 0.8]);
  });

  it('let the others bear .05 per tense axis, and .1 for each challenge that they react to', () => {
    for (const { npcId } of [tobias, ilse]) {
      const hostile = facts.filter(
        ({ type, data }) => type === 'StakeholderReacted' && data.npcId === npcId && data.stressDelta > 0,
      );
      const stress = states.at(-1)?.members.find((who) => who.npcId === npcId)?.stress;
      expect(stress).toBeCloseTo(0.3 + 3 * 0.05 + hostile.length * 0.1, 9);
    }
  });

  it('make the one addressed react to every choice, in a text with the name', () => {
    const reactions = facts.flatMap((fact) => (fact.type === 'StakeholderReacted' ? [fact.data] : []));
    expect(reactions.filter(({ npcId }) => npcId === maren.npcId)).toHaveLength(3);
    expect(reactions.filter(({ npcId }) => npcId === tobias.npcId).map(({ itemId }) => itemId)).toContain(
      'reaction-4-c1-12',
    );
    for (const { npcId, text } of reactions) {
      const name = [maren, tobias, ilse].find((npc) => npc.npcId === npcId)?.name;
      expect(text.text).toContain(name);
    }
  });

  it('withdraw nobody and change no role', () => {
    expect(new Set(facts.map(({ type }) => type))).toEqual(new Set(['StakeholderReacted', 'StressChanged']));
  });
});
