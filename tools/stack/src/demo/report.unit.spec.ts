import { initialFeedState } from '@agon/client';
import type { ConflictView } from '@agon/contracts';
import type { Played } from './play-story.ts';
import { type Aftermath, reportOf } from './report.ts';

const played: Played = {
  storyId: 'p1_abcdefgh',
  position: 9,
  calls: [{ kind: 'sync', ms: 12.345, modelCalls: 4 }],
  missed: [],
  end: initialFeedState(),
  catchUpMs: 1.234,
  staleReads: 2,
};

const refinements = { requested: 9, accepted: 7, rejected: 1, superseded: 0, expired: 1, failed: 0, open: 0 };
const aftermath: Aftermath = { refinements, settleMs: 2345.678, modelMs: 1000, missed: [] };

const conflict: ConflictView = {
  conflictId: 'c1',
  name: 'The Empty Chair',
  conflictType: 'power_crisis',
  status: 'open',
  flow: null,
  tension: {},
  beats: 1,
  conditions: [],
  resolution: null,
  stakeholders: [],
};
const endWith = (changed: Partial<ConflictView>) => ({
  end: { ...initialFeedState(), conflicts: [{ ...conflict, ...changed }] },
});

describe('reportOf', () => {
  it('takes its figures from the timed stories only', () => {
    const cold = { ...played, calls: [{ kind: 'sync', ms: 250 }] } as const;
    expect(reportOf({ first: cold, timed: [played, played], aftermath }, { idleMemoryMiB: 500 })).toEqual({
      ok: true,
      calls: [
        { kind: 'sync', ms: 12.35, modelCalls: 4 },
        { kind: 'sync', ms: 12.35, modelCalls: 4 },
      ],
      fast: { p50: 12.35, p99: 12.35, max: 12.35 },
      cold: { max: 250 },
      refinements,
      settleMs: 2345.68,
      fastMs: 24.7,
      blockingMs: 8000,
      figures: {
        stories: 2,
        calls: 2,
        streamBehindMaxMs: 1.23,
        staleReads: 4,
        refinementsRequested: 9,
        refinementsAccepted: 7,
        refinementsRejected: 1,
        refinementsSuperseded: 0,
        refinementsExpired: 1,
        refinementsFailed: 0,
        refinementsOpen: 0,
        settleMs: 2345.68,
        modelMs: 1000,
        blockingP50Ms: 4000,
        blockingTotalMs: 8000,
        idleMemoryMiB: 500,
      },
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
    ['no end', {}, { end: undefined }, 'story 1: ends otherwise with the same seed'],
    ['another end', endWith({}), endWith({ beats: 2 }), 'story 1: ends otherwise with the same seed'],
  ])('is not ok with %s', (_name, first, timed, missed) => {
    const report = reportOf({ first: { ...played, ...first }, timed: [{ ...played, ...timed }], aftermath }, {});
    expect(report.ok).toBe(false);
    expect(report.missed).toEqual([missed]);
  });

  it('is not ok with a lack of the refinements', () => {
    const lacking = { ...aftermath, missed: ['3 refinements are open'] };
    expect(reportOf({ first: played, timed: [], aftermath: lacking }, {})).toMatchObject({
      ok: false,
      missed: lacking.missed,
    });
  });

  it('takes an end for the same that a model has told in other words', () => {
    const [first, other] = [endWith({}), endWith({ name: 'Tides of the Chair', conditions: ['a vote is called'] })];
    const performance = { first: { ...played, ...first }, timed: [{ ...played, ...other }], aftermath };
    expect(reportOf(performance, {}).missed).toEqual([]);
  });
});
