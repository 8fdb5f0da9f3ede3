import { openPgLog, type OpenPgLog } from '../test/open-pg-log.ts';
import { jsonbArray } from './jsonb-array.ts';

describe('a jsonb array in binary', () => {
  let pg: OpenPgLog;
  beforeAll(async () => {
    pg = await openPgLog();
  }, 300_000);
  afterAll(() => pg.close());

  it.each([
    ['nothing', []],
    ['one element', [{ a: 'quotation "marks" and \\ back\\slashes' }]],
    ['elements of many sizes', [{}, { é: '🎲' }, { text: 'x'.repeat(5_000) }, { n: [1, null, 0.5] }]],
  ])('of %s arrives as it was sent', async (_, values: object[]) => {
    const array = jsonbArray(values.map((value) => JSON.stringify(value)));
    const text = 'select $1::jsonb[] = $2::jsonb[] as equal, cardinality($1::jsonb[]) as count';
    const { rows } = await pg.pool.query(text, [array, values]);
    expect(rows).toEqual([{ equal: true, count: values.length }]);
  });
});
