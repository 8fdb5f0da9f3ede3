import { givenOf } from '@agon/testing';
import {
  assemble,
  bear,
  cast,
  choice,
  ilse,
  joined,
  maren,
  moved,
  react,
  release,
  released,
  telling,
  tobias,
} from '../../test/story.ts';
import { type StakeholdersCommand, decider } from './stakeholders.ts';

const given = givenOf(decider);

const threat = choice({ choiceType: 'aggressive', targetNpcId: maren.npcId });
const tense = { tensionChanges: [moved('power', 0.7, 0.75)] };
const toClimax = { transition: { fromPhase: 'confrontation', toPhase: 'climax' } } as const;
const toResolution = { transition: { fromPhase: 'falling', toPhase: 'resolution' } } as const;

const later: readonly (readonly [string, StakeholdersCommand])[] = [
  ['a choice', react(threat, tense)],
  ['a movement', bear(tense)],
  ['the release', release],
];

describe('stakeholders', () => {
  describe('assembling', () => {
    it('join with everyone who takes part', () => {
      given()
        .when(assemble())
        .then(cast.map((profile) => ({ type: 'StakeholderJoined', data: { npcId: profile.npcId, profile } })));
    });

    it('stay quiet when they are assembled already', () => {
      given(joined(maren, 'instigator')).when(assemble()).thenNothing();
    });

    it('stay quiet when nobody takes part', () => {
      given()
        .when(assemble({ cast: [] }))
        .thenNothing();
    });
  });

  it.each(later)('stay quiet at %s before there are any', (_, command) => {
    given().when(command).thenNothing();
  });

  it.each(later)('stay quiet at %s once they are released', (_, command) => {
    given(joined(maren, 'instigator'), released).when(command).thenNothing();
  });

  it('are released', () => {
    given(joined(maren, 'instigator'))
      .when(release)
      .then([{ type: 'StakeholdersReleased', data: { conflictId: 'c1' } }]);
  });

  describe('at a choice', () => {
    it('react when they are addressed, strained by what is hostile', () => {
      given(joined(maren, 'defender', { commitment: 0 }), joined(tobias, 'defender', { commitment: 0 }))
        .when(react(threat))
        .then([
          {
            type: 'StakeholderReacted',
            data: { npcId: '11', reactionType: 'counter', emotionalResponse: 'angry', stressDelta: 0.1 },
          },
          { type: 'StressChanged', data: { changes: [{ npcId: '11', previousStress: 0.3, stress: 0.4 }] } },
        ]);
    });

    it('react without strain to what is not hostile', () => {
      given(joined(maren, 'bystander', { commitment: 0 }))
        .when(react(choice({ choiceType: 'supportive', targetNpcId: maren.npcId })))
        .then([
          { type: 'StakeholderReacted', data: { reactionType: 'support', stressDelta: 0, itemId: 'reaction-2-c1-11' } },
        ]);
    });

    it('stay quiet when nobody is addressed, pushing or committed', () => {
      given(joined(maren, 'bystander', { commitment: 0 }), joined(tobias, 'victim', { commitment: 0 }))
        .when(react(choice({ choiceType: 'aggressive' })))
        .thenNothing();
    });

    it('speak in other words each time, of each other as well', () => {
      const facts = given(...cast.map((npc) => joined(npc, 'mediator')))
        .when(react(choice()))
        .facts();
      const keys = facts.flatMap((fact) => (fact.type === 'StakeholderReacted' ? [fact.data.text.key] : []));
      expect(new Set(keys).size).toBe(3);
      const [first] = given(...cast.map((npc) => joined(npc, 'mediator')), ...facts)
        .when(react(choice()))
        .facts();
      expect(keys).not.toContain(first?.type === 'StakeholderReacted' ? first.data.text.key : undefined);
    });
  });

  describe('at a movement', () => {
    it('all bear every axis that moved and stands above 0.7', () => {
      given(joined(maren, 'instigator'), joined(tobias, 'bystander'))
        .when(
          bear({ tensionChanges: [moved('power', 0.9, 0.8), moved('social', 0.6, 0.701), moved('emotional', 0, 0.7)] }),
        )
        .then([
          {
            type: 'StressChanged',
            data: {
              changes: [
                { npcId: '11', previousStress: 0.3, stress: 0.4 },
                { npcId: '12', previousStress: 0.3, stress: 0.4 },
              ],
            },
          },
        ]);
    });

    it('stay quiet when nothing is tense', () => {
      given(joined(maren, 'instigator'))
        .when(bear({ tensionChanges: [moved('power', 0.6, 0.7)] }))
        .thenNothing();
    });

    it('stay quiet in a phase that changes no role', () => {
      given(joined(maren, 'instigator')).when(bear(toClimax)).thenNothing();
    });

    it('adapt their roles to the phase', () => {
      given(joined(maren, 'escalator'), joined(tobias, 'bystander', { commitment: 0.61 }))
        .when(bear(toResolution))
        .then([{ type: 'RoleAdapted', data: { npcId: '11', previousRole: 'escalator', role: 'peacemaker' } }]);
      given(joined(maren, 'escalator'), joined(tobias, 'bystander', { commitment: 0.61 }))
        .when(bear(toClimax))
        .then([{ type: 'RoleAdapted', data: { npcId: '12', previousRole: 'bystander', role: 'defender' } }]);
    });
  });

  describe('whose stress reaches 0.9', () => {
    const strained = joined(maren, 'instigator', { stress: 0.85 });

    it('withdraw: relieved, uncommitted, a bystander', () => {
      given(strained)
        .when(bear(tense))
        .then([
          { type: 'StressChanged', data: { changes: [{ npcId: '11', stress: 0.9 }] } },
          {
            type: 'StakeholderWithdrew',
            data: {
              npcId: '11',
              previousRole: 'instigator',
              role: 'bystander',
              previousStress: 0.9,
              stress: 0.4,
              commitment: 0,
              reason: 'overwhelmed',
              itemId: 'withdrawal-2-c1-11',
            },
          },
        ]);
    });

    it('have reacted before they withdraw, and will not push again', () => {
      const facts = given(strained).when(react(threat)).facts();
      expect(facts.map(({ type }) => type)).toEqual(['StakeholderReacted', 'StressChanged', 'StakeholderWithdrew']);
      given(strained, ...facts)
        .when(react(choice()))
        .thenNothing();
    });

    it('do not withdraw a thousandth below', () => {
      given(joined(maren, 'instigator', { stress: 0.849 }))
        .when(bear(tense))
        .then([{ type: 'StressChanged' }]);
    });

    it('withdraw from the role that they had, whatever the new phase would make of them', () => {
      given(joined(maren, 'bystander', { stress: 0.88 }))
        .when(bear({ ...tense, ...toClimax }))
        .then([
          { type: 'StressChanged' },
          { type: 'StakeholderWithdrew', data: { previousRole: 'bystander', role: 'bystander' } },
        ]);
    });

    it('withdraw each in words of their own', () => {
      const strainedAll = given(...cast.map((npc) => joined(npc, 'defender', { stress: 0.85 })));
      for (let ordinal = 1; ordinal <= 20; ordinal += 1) {
        const keys = strainedAll
          .when(bear({ ...tense, telling: telling(ordinal) }))
          .facts()
          .flatMap((fact) => (fact.type === 'StakeholderWithdrew' ? [fact.data.text.key] : []));
        expect(new Set(keys).size).toBe(3);
      }
    });
  });

  it('knows its members by what was told last', () => {
    const state = [
      joined(maren, 'escalator'),
      joined(ilse, 'bystander'),
      ...given(joined(maren, 'escalator')).when(bear(toResolution)).facts(),
    ].reduce(decider.evolve, decider.initialState());
    expect(state.members.map(({ npcId, role }) => [npcId, role])).toEqual([
      ['11', 'peacemaker'],
      ['13', 'bystander'],
    ]);
  });
});
