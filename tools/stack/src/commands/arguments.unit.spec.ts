import { flagsOf } from './arguments.ts';

describe('flagsOf', () => {
  it('tells flags from words', () => {
    const { flags, words } = flagsOf(['gateway', '-f'], ['follow,f'], 1);
    expect([...flags]).toEqual(['follow']);
    expect(words).toEqual(['gateway']);
  });

  it('reads the value of a flag that takes one', () => {
    for (const args of [['--model=slow'], ['--model', 'slow']]) {
      expect([...flagsOf(args, ['exit', 'model=']).values]).toEqual([['model', 'slow']]);
    }
    expect(() => flagsOf(['--model'], ['model='])).toThrow('--model');
  });

  it.each([[['--date']], [['data']], [['--data=1']]])('refuses %p in one line', (args) => {
    expect(() => flagsOf(args, ['data'])).toThrow(/^[^\n]*see "\.\/agon help"\)$/);
  });
});
