import { Calls } from './calls.ts';

const call = (n: number) =>
  ({ path: '/v1/responses', mode: 'healthy', body: JSON.stringify({ n }), facts: null }) as const;

describe('the record of calls', () => {
  it('keeps the last 5000', () => {
    const calls = new Calls();
    for (let n = 1; n <= 5010; n += 1) calls.begin(call(n));
    const { total, calls: kept } = calls.find({ limit: 5000 });
    expect(total).toBe(5000);
    expect(kept[0]).toMatchObject({ n: 11, request: { n: 11 } });
    expect(kept.at(-1)).toMatchObject({ n: 5010 });
    expect(calls.find({ limit: 0 })).toEqual({ total: 5000, calls: [] });
  });

  it('counts the first end of a call, also of one that was forgotten', () => {
    const calls = new Calls();
    const one = calls.begin(call(1));
    calls.forget();
    one.end('answered');
    one.end('aborted');
    expect([calls.ended('answered'), calls.ended('aborted'), calls.ended('failed')]).toEqual([1, 0, 0]);
    expect(calls.find({ limit: 1 })).toEqual({ total: 0, calls: [] });
  });
});
