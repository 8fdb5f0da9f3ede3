import { type Told, differences, readGolden } from './golden.ts';
import { TALE } from './tale.ts';

const golden = readGolden();
const five = ['challenge', 'motion', 'offer', 'secret', 'second-challenge'].map((id) => golden.steps[id]);

describe('the golden file', () => {
  it('holds the numbers that the example story of the rules gives', () => {
    expect(five.map((step) => step?.flow?.momentum)).toEqual([0.775, 1, 0.8, 0.8, 1]);
    expect(five.map((step) => step?.flow?.progress)).toEqual([0.15, 0.15, 0.15, 0.65, 0.8]);
    expect(five.map((step) => step?.tension?.power)).toEqual([0.75, 0.88, 0.88, 0.88, 1]);
    expect(five.map((step) => step?.tension?.social)).toEqual([0.4, 0.4, 0.35, 0.35, 0.45]);
    expect(five.map((step) => step?.stress?.['11'])).toEqual([0.6, 0.65, 0.65, 0.65, 0.8]);
  });

  it('speaks of every step that moves something, and of no other', () => {
    const moving = TALE.filter(({ kind }) => !['story', 'npcs', 'feed'].includes(kind)).map(({ id }) => id);
    expect(Object.keys(golden.steps)).toEqual(moving.filter((id) => id !== 'glance'));
  });

  it('names every axis of a climax', () => {
    expect(Object.keys(golden.steps['second-offer']?.tension ?? {})).toHaveLength(9);
  });
});

const told: Told = {
  flow: { phase: 'rising', pacingStyle: 'rapid_escalation', intensity: 0.6, momentum: 0.775, phaseProgress: 0.15 },
  tension: { power: 0.75, social: 0.4 },
  stress: { '11': 0.6, '12': 0.35 },
  tells: ['reaction'],
};
const expected = { ...golden.steps['challenge'] };

describe('differences', () => {
  it('finds none where all is as expected', () => {
    expect(differences(told, expected)).toEqual([]);
  });

  it.each<[string, Partial<Told>, string]>([
    ['a flow', { flow: undefined }, 'phase is undefined, not rising'],
    ['a level', { tension: { power: 0.751, social: 0.4 } }, 'tension power is 0.751, not 0.75'],
    [
      'an axis that should stand at 0',
      { tension: { power: 0.75, social: 0.4, vital: 0.1 } },
      'tension vital is 0.1, not 0',
    ],
    ['an axis that is missing', { tension: { power: 0.75 } }, 'tension social is 0, not 0.4'],
    ['all tension', { tension: undefined }, 'tension romantic is undefined, not 0'],
    ['stress', { stress: { '12': 0.35 } }, 'stress of 11 is undefined, not 0.6'],
  ])('names %s', (_name, other, difference) => {
    expect(differences({ ...told, ...other }, expected)).toContain(difference);
  });

  it('names a scene and a text that are missing', () => {
    const scene = golden.steps['hall']?.scene;
    expect(differences(told, { scene, tells: ['reaction', 'transition'] })).toEqual([
      'scene score is undefined, not 0.46',
      'scene level is undefined, not rising',
      'scene dominantType is undefined, not power',
      'scene dominantLevel is undefined, not 0.6',
      'no text of kind transition',
    ]);
  });
});
