import { givenOf } from './given-when-then.ts';
import { looseNumbers, play } from './playing.ts';

type Door = { open: boolean; used: number };
type Fact =
  | { type: 'DoorMoved'; data: { open: boolean; by: { name: string; age: number } } }
  | { type: 'DoorRefused'; data: { code: string; door: string } };
type Command = { open: boolean; key?: 'wrong' | 'broken' };

const door = {
  initialState: (): Door => ({ open: false, used: 0 }),
  decide: ({ open, key }: Command, state: Door): Fact[] => {
    if (key === 'broken') throw Object.assign(new Error('the key is broken'), { code: 'no_key' });
    if (key === 'wrong') return [{ type: 'DoorRefused', data: { code: 'wrong_key', door: 'front' } }];
    return state.open === open ? [] : [{ type: 'DoorMoved', data: { open, by: { name: 'Maren', age: 40 } } }];
  },
  evolve: (state: Door, fact: Fact): Door =>
    fact.type === 'DoorMoved' ? { open: fact.data.open, used: state.used + 1 } : state,
};
const given = givenOf(door);
const opened: Fact = { type: 'DoorMoved', data: { open: true, by: { name: 'Ilse', age: 30 } } };

describe('given, when, then', () => {
  it('holds for facts by type and as much of their data as is written down', () => {
    given()
      .when({ open: true })
      .then([{ type: 'DoorMoved' }]);
    given(opened)
      .when({ open: false })
      .then([{ type: 'DoorMoved', data: { open: false, by: { name: 'Maren' } } }]);
  });

  it.each([
    [
      'another type',
      () =>
        given()
          .when({ open: true })
          .then([{ type: 'DoorRefused' }]),
    ],
    [
      'other data',
      () =>
        given()
          .when({ open: true })
          .then([{ type: 'DoorMoved', data: { by: { name: 'Ilse' } } }]),
    ],
    ['fewer facts', () => given().when({ open: true }).then([])],
    [
      'more facts',
      () =>
        given(opened)
          .when({ open: true })
          .then([{ type: 'DoorMoved' }]),
    ],
    ['silence', () => given().when({ open: true }).thenNothing()],
    ['a refusal', () => given().when({ open: true }).thenRefuses('wrong_key')],
    ['a refusal that nothing says', () => given(opened).when({ open: true }).thenRefuses('wrong_key')],
    ['another refusal', () => given().when({ open: true, key: 'wrong' }).thenRefuses('no_key')],
    ['other parts of it', () => given().when({ open: true, key: 'wrong' }).thenRefuses('wrong_key', { door: 'back' })],
    ['facts instead of an error', () => given().when({ open: true, key: 'broken' }).then([])],
  ])('fails when %s is wanted wrongly', (_, sentence) => {
    expect(sentence).toThrow();
  });

  it('holds for refusals, told or thrown', () => {
    given().when({ open: true, key: 'wrong' }).thenRefuses('wrong_key', { door: 'front' });
    given().when({ open: true, key: 'broken' }).thenRefuses('no_key');
  });

  it('holds for silence', () => {
    given(opened).when({ open: true }).thenNothing();
  });
});

describe('playing', () => {
  it('gives every fact, and every state from the first', () => {
    const { facts, states } = play(door, [{ open: true }, { open: true }, { open: false }]);
    expect(facts.map(({ type }) => type)).toEqual(['DoorMoved', 'DoorMoved']);
    expect(states.map(({ used }) => used)).toEqual([0, 1, 1, 2]);
  });

  it('finds numbers that are out of range or finer than thousandths', () => {
    expect(looseNumbers({ a: [0, 1, -1, 0.775, 0.001, 'x', null], b: undefined })).toEqual([]);
    expect(looseNumbers({ a: [1.001], b: { c: 0.1 + 0.2, d: Number.NaN } })).toEqual([1.001, 0.1 + 0.2, Number.NaN]);
  });
});
