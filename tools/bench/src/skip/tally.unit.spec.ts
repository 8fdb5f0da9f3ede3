import { Tally } from './tally.ts';

const tallied = (written: Record<string, number>, seen: [string, number][]): Tally => {
  const tally = new Tally();
  for (const [stream, version] of Object.entries(written)) tally.wrote(stream, version);
  for (const [stream, version] of seen) tally.saw(stream, version);
  return tally;
};

describe('Tally', () => {
  it('finds nothing wrong where each event is seen once, in the order of its stream', () => {
    const tally = tallied({ a: 2, b: 1 }, [
      ['a', 1],
      ['b', 1],
      ['a', 2],
    ]);
    expect(tally.verdict()).toEqual({ appended: 3, skipped: 0, duplicated: 0, misordered: 0 });
  });

  it('counts what was stored and never seen', () => {
    expect(tallied({ a: 3, b: 1 }, [['a', 2]]).verdict()).toMatchObject({ appended: 4, skipped: 3 });
  });

  it('counts what was seen again, and what came after a later one', () => {
    const tally = tallied({ a: 3 }, [
      ['a', 1],
      ['a', 3],
      ['a', 2],
      ['a', 3],
    ]);
    expect(tally.verdict()).toEqual({ appended: 3, skipped: 0, duplicated: 1, misordered: 1 });
  });
});
