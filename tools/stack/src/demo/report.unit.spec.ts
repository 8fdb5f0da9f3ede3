import { initialFeedState } from '@agon/client';
import type { Played } from './play-story.ts';
import { reportOf } from './report.ts';

const played: Played = {
  storyId: 'p1_abcdefgh',
  calls: [{ kind: 'sync', ms: 12.345 }],
  missed: [],
  end: initialFeedState(),
  catchUpMs: 1.234,
  staleReads: 2,
};

describe('reportOf', () => {
  it('takes its figures from the timed stories only', () => {
    const cold = { ...played, calls: [{ kind: 'sync', ms: 250 }] } as const;
    expect(reportOf(cold, [played, played], { idleMemoryMiB: 500 })).toEqual({
      ok: true,
      calls: [
        { kind: 'sync', ms: 12.35 },
        { kind: 'sync', ms: 12.35 },
      ],
      fast: { p50: 12.35, p99: 12.35, max: 12.35 },
      cold: { max: 250 },
      figures: { stories: 2, calls: 2, streamBehindMaxMs: 1.23, staleReads: 4, idleMemoryMiB: 500 },
      missed: [],
    });
  });

  it.each<[string, Partial<Played>, Partial<Played>, string]>([
    ['a lack in the first story', { missed: ['"x": no flow'] }, {}, 'first story: "x": no flow'],
    ['a lack in a later story', {}, { missed: ['"x": no flow'] }, 'story 1: "x": no flow'],
    ['a slow call', {}, { calls: [{ kind: 'sync', ms: 101 }] }, 'a call "sync" took 101 ms; its target is 100 ms'],
    [
      'a slow cold call',
      { calls: [{ kind: 'sync', ms: 301 }] },
      {},
      'a cold call "sync" took 301 ms; the limit is 300 ms',
    ],
    ['another end', {}, { end: undefined }, 'story 1: ends otherwise with the same seed'],
  ])('is not ok with %s', (_name, first, timed, missed) => {
    const report = reportOf({ ...played, ...first }, [{ ...played, ...timed }], {});
    expect(report.ok).toBe(false);
    expect(report.missed).toEqual([missed]);
  });
});
