import { brokenOf } from '../bounds.ts';
import { type Cell, boundsOf, cellFigures, tableOf } from './cells.ts';

const cell = (overrides: Partial<Cell>): Cell => ({
  kind: 'append',
  syncDelayMs: 0,
  writers: 8,
  events: 1,
  samples: { agon: [2000, 2200, 2400], emmett: [1000, 1000, 1000], pgbench: [4000, 4000, 4000] },
  ...overrides,
});

describe('cellFigures', () => {
  it('names each cell and compares round by round', () => {
    expect(cellFigures([cell({})])).toEqual({
      append_8w_1e_per_s: 2200,
      append_8w_1e_x_emmett: 2.2,
      append_8w_1e_x_pgbench: 0.55,
    });
  });

  it('leaves out whoever is absent', () => {
    const turn = cell({ kind: 'turn', syncDelayMs: 1, samples: { agon: [500], emmett: [400] } });
    expect(cellFigures([turn])).toEqual({ turn_8w_slow_per_s: 500, turn_8w_slow_x_emmett: 1.25 });
  });
});

describe('boundsOf', () => {
  it('asks for 2.2 times emmett and 55 % of a raw insert at 8 writers of single events', () => {
    expect(brokenOf(boundsOf([cell({})]))).toEqual([]);
    const slower = cell({ samples: { agon: [2190], emmett: [1000], pgbench: [4000] } });
    expect(brokenOf(boundsOf([slower]))).toEqual([
      'appends against emmett (8 writers, 1 events): 2.19, must be at least 2.2',
      'appends against a raw insert (8 writers, 1 events): 0.548, must be at least 0.55',
    ]);
  });

  it.each([{ writers: 1 }, { events: 10 }, { syncDelayMs: 1 }])('asks elsewhere not to be slower: %j', (where) => {
    const samples = { agon: [950], emmett: [1000], pgbench: [4000] };
    expect(brokenOf(boundsOf([cell({ ...where, samples })]))).toEqual([]);
    expect(brokenOf(boundsOf([cell({ ...where, samples: { ...samples, agon: [940] } })]))).toHaveLength(1);
  });

  it('has no bound for turns, nor for who is absent', () => {
    expect(boundsOf([cell({ kind: 'turn' }), cell({ samples: { agon: [1] } })])).toEqual([]);
  });
});

describe('tableOf', () => {
  it('shows medians with the smallest and the largest', () => {
    const [, row] = tableOf([cell({ samples: { agon: [2000, 2200, 2400], emmett: [1000, 1100, 1000] } })]);
    expect(row).toEqual([
      'append',
      'as it is',
      '8',
      '1',
      '2200 (2000 to 2400)',
      '1000 (1000 to 1100)',
      '-',
      '2.00 (2.00 to 2.40)',
      '-',
    ]);
  });
});
