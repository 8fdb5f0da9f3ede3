import { beside, flowed, justified, level, widthOf, wrap } from './layout.ts';

describe('layout', () => {
  it.each([
    [undefined, 87],
    [40, 60],
    [80, 79],
    [300, 92],
  ])('fills %p columns up to %p', (columns, width) => {
    expect(widthOf(columns)).toBe(width);
  });

  it('breaks lines at spaces', () => {
    expect(wrap('one two three fourteen', 9)).toEqual(['one two', 'three', 'fourteen']);
    expect(wrap('', 9)).toEqual(['']);
  });

  it('puts further lines under the first', () => {
    expect(beside('Maren', 'says a word or two', 7, 17)).toEqual(['Maren  says a', '       word or', '       two']);
  });

  it('keeps parts whole', () => {
    expect(flowed(['a 1', 'b 2', 'c 3'], 9)).toEqual(['a 1   b 2', 'c 3']);
    expect(flowed([], 9)).toEqual([]);
  });

  it('never joins what is too long for its line', () => {
    expect(justified('left', 'right', 12)).toBe('left   right');
    expect(justified('much too long', 'right', 12)).toBe('much too long right');
  });

  it.each([
    [0.1 + 0.2, '0.3'],
    [1, '1'],
    [0.0654, '0.065'],
  ])('writes the level %p as %p', (value, text) => {
    expect(level(value)).toBe(text);
  });
});
