import type { Behaviour, Role } from '@agon/contracts';
import { givenOf, play, snapshotFaults } from '@agon/testing';
import { cast, ilse, maren, stakeholder, telling, tobias } from '../../test/story.ts';
import type { Stakeholder } from '../stakeholders/joining.ts';
import { type HintBehaviours, decider } from './scene.ts';

const given = givenOf(decider);
const hint = (stakeholders: readonly Stakeholder[], present = [maren], ordinal = 4): HintBehaviours => ({
  type: 'HintBehaviours',
  present,
  stakeholders,
  telling: telling(ordinal),
});

describe('a scene', () => {
  it.each<[Role, number, Behaviour]>([
    ['instigator', 0.801, 'agitated'],
    ['instigator', 0.8, 'tense'],
    ['instigator', 0.601, 'tense'],
    ['instigator', 0.6, 'provocative'],
    ['escalator', 0.3, 'provocative'],
    ['mediator', 0.3, 'diplomatic'],
    ['peacemaker', 0.3, 'diplomatic'],
    ['defender', 0.3, 'protective'],
    ['opportunist', 0.3, 'calculating'],
    ['victim', 0.3, 'observant'],
    ['bystander', 0.3, 'observant'],
  ])('shows a %s at stress %d as %s', (role, stress, behaviour) => {
    given()
      .when(hint([stakeholder(maren, role, { stress })]))
      .then([{ type: 'BehavioursHinted', data: { hints: [{ npcId: '11', behaviour, itemId: 'behaviour-4-11' }] } }]);
  });

  it('shows whom the conflicts do not touch as watching, and nobody who is away', () => {
    given()
      .when(hint([stakeholder(maren, 'instigator')], [tobias]))
      .then([{ type: 'BehavioursHinted', data: { hints: [{ npcId: '12', behaviour: 'observant' }] } }]);
  });

  it('shows the part that strains most of several', () => {
    const parts = [stakeholder(maren, 'mediator'), stakeholder(maren, 'defender', { stress: 0.5 })];
    given()
      .when(hint(parts))
      .then([{ type: 'BehavioursHinted', data: { hints: [{ behaviour: 'protective' }] } }]);
  });

  it('answers an empty scene all the same', () => {
    given()
      .when(hint([], []))
      .then([{ type: 'BehavioursHinted', data: { hints: [] } }]);
  });

  it('names who is shown, in other words each time', () => {
    const watching = [hint([], cast, 1), hint([], [ilse], 2)];
    const hints = play(decider, watching).facts.flatMap(({ data }) => data.hints);
    expect(new Set(hints.map(({ text }) => text.key)).size).toBe(4);
    for (const { npcId, text } of hints) {
      const name = cast.find((npc) => npc.npcId === npcId)?.name;
      expect(text.text).toContain(name);
    }
  });

  it('goes on from a snapshot as from zero', () => {
    const ordinals = [1, 2, 3, 4, 5, 6];
    expect(snapshotFaults(decider, () => ordinals.map((ordinal) => hint([], cast, ordinal)))).toEqual([]);
  });
});
