import { Positions } from './positions.ts';

describe('positions', () => {
  it('tell who waits as soon as the position is reached', async () => {
    const positions = new Positions();
    const five = positions.waitFor(3, 5, 1000);
    const nine = positions.waitFor(3, 9, 20);
    positions.set(3, 6);
    expect(await five).toBe(true);
    expect(await positions.waitFor(3, 6, 0)).toBe(true);
    expect(await nine).toBe(false);
  });

  it('announce each advance once, and nothing else', () => {
    const positions = new Positions();
    const heard: number[][] = [];
    const off = positions.onAdvanced((partition, position) => heard.push([partition, position]));
    positions.set(1, 4);
    positions.set(1, 4);
    positions.set(1, 2);
    positions.set(2, 1);
    off();
    positions.set(1, 9);
    expect(heard).toEqual([
      [1, 4],
      [2, 1],
    ]);
    expect(positions.get(1)).toBe(9);
  });
});
