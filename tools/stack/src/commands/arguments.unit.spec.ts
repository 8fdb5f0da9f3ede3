import { flagsOf } from './arguments.ts';

describe('flagsOf', () => {
  it('tells flags from words', () => {
    const { flags, words } = flagsOf(['gateway', '-f'], ['follow,f'], 1);
    expect([...flags]).toEqual(['follow']);
    expect(words).toEqual(['gateway']);
  });

  it.each([[['--date']], [['data']], [['--data=1']]])('refuses %p in one line', (args) => {
    expect(() => flagsOf(args, ['data'])).toThrow(/^[^\n]*see "\.\/agon help"\)$/);
  });
});
