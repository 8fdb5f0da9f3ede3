import { markdownTable, sectionOf, withSection } from './report.ts';

const machine = { cores: 2, node: '24.0.0', postgres: '18.4', nats: '2.12.4', syncMs: 0.02, syncClass: 'a cache' };
const kept = {
  name: 'append',
  summary: 'appends per second',
  command: 'npm run bench -- append',
  day: '2027-01-02',
  machine,
  result: {
    figures: {},
    broken: ['too slow'],
    absent: ['no pgbench'],
    table: [
      ['writers', 'ours'],
      ['8', '100'],
    ],
    notes: ['A note.'],
    details: {},
  },
};

describe('sectionOf', () => {
  it('holds what was typed, the machine, the table, the notes and what was missed', () => {
    expect(sectionOf(kept).split('\n')).toEqual([
      '<!-- append -->',
      '## append',
      '',
      'Appends per second.',
      '',
      '`npm run bench -- append`, 2027-01-02: 2 cores, Node 24.0.0, Postgres 18.4, nats-server 2.12.4; fdatasync 0.02 ms (a cache).',
      '',
      '| writers | ours |',
      '| --- | --- |',
      '| 8 | 100 |',
      '',
      'A note.',
      '',
      'Missed:',
      '',
      '- too slow',
      '- no pgbench',
      '',
      'Everything that was measured: [append.json](benchmarks/append.json).',
      '<!-- /append -->',
    ]);
  });

  it('says so when every bound holds', () => {
    const result = { ...kept.result, broken: [], absent: [] };
    expect(sectionOf({ ...kept, result })).toContain('\nEvery bound holds.\n');
  });
});

describe('markdownTable', () => {
  it('keeps a cell in its column, whatever it holds', () => {
    expect(markdownTable([['a|b'], ['c']])).toEqual(['| a\\|b |', '| --- |', '| c |']);
  });
});

describe('withSection', () => {
  const page = '# Benchmarks\n\n<!-- a -->\nold\n<!-- /a -->\n\n<!-- b -->\nb\n<!-- /b -->\n';

  it('replaces a section and leaves the others', () => {
    expect(withSection(page, 'a', '<!-- a -->\nnew\n<!-- /a -->')).toBe(page.replace('old', 'new'));
  });

  it('adds a section that is not there yet', () => {
    expect(withSection(page, 'c', '<!-- c -->\nc\n<!-- /c -->')).toBe(`${page}\n<!-- c -->\nc\n<!-- /c -->\n`);
  });
});
