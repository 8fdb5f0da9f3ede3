import type { NpcProfile } from '@agon/contracts';
import { telling } from '../../test/story.ts';
import { joining } from './joining.ts';

const five: NpcProfile[] = ['a', 'b', 'c', 'd', 'e'].map((npcId) => ({
  npcId,
  name: npcId.toUpperCase(),
  pronouns: 'they',
  traits: [],
}));
const rolesOf = (conflictType: string, ordinal = 1, of = five) =>
  joining(conflictType, of, telling(ordinal).random).map(({ role }) => role);

describe('joining', () => {
  it.each([
    ['power_crisis', ['defender', 'instigator', 'opportunist']],
    ['social', ['bystander', 'escalator', 'mediator']],
  ])('a conflict of type %s has its sides before it has two of one', (conflictType, sides) => {
    for (let ordinal = 1; ordinal <= 20; ordinal += 1) {
      const roles: string[] = rolesOf(conflictType, ordinal);
      expect(new Set(roles.slice(0, 3))).toEqual(new Set(sides));
      expect(new Set(roles.slice(3)).size).toBe(2);
    }
  });

  it('any other conflict finds them looking on', () => {
    expect(rolesOf('economic')).toEqual(['bystander', 'bystander', 'bystander', 'bystander', 'bystander']);
  });

  it('deals otherwise in another story, and the same in the same', () => {
    const deals = Array.from({ length: 20 }, (_, at) => rolesOf('power', at + 1).join());
    expect(new Set(deals).size).toBeGreaterThan(3);
    expect(rolesOf('power', 7)).toEqual(rolesOf('power', 7));
  });

  it('starts each role with its style, stress and commitment', () => {
    const all = [...joining('power', five, telling().random), ...joining('social', five, telling().random)];
    const starts = Object.fromEntries(all.map((who) => [who.role, [who.decisionStyle, who.stress, who.commitment]]));
    expect(starts).toEqual({
      instigator: ['reactive', 0.45, 0.6],
      defender: ['rational', 0.3, 0.6],
      opportunist: ['calculating', 0.3, 0.6],
      mediator: ['principled', 0.3, 0.6],
      bystander: ['reactive', 0.3, 0.4],
      escalator: ['reactive', 0.45, 0.6],
    });
  });

  it('keeps who they are', () => {
    const [first] = five;
    expect(joining('power', five, telling().random)[0]).toMatchObject({ npcId: 'a', name: 'A', profile: first });
  });
});
