import {
  ConflictEventBody,
  CreateConflictBody,
  MakeChoiceBody,
  ResolveConflictBody,
  SyncSceneBody,
} from '@agon/contracts';
import { CALL_KINDS, type CallKind, callOf, isWhole, kindAt } from './calls.ts';
import { keyOf } from './history.ts';

const cycle = Array.from({ length: 40 }, (_, n) => kindAt(n));
const share = (kind: CallKind): number => cycle.filter((one) => one === kind).length / cycle.length;

describe('kindAt', () => {
  it('makes three in four calls choices, and every kind once in a cycle at least', () => {
    expect(share('choice')).toBe(0.75);
    for (const kind of CALL_KINDS) expect(share(kind)).toBeGreaterThan(0);
  });

  it('begins a conflict before it ends one', () => {
    expect(cycle.indexOf('create')).toBeLessThan(cycle.indexOf('resolve'));
  });
});

describe('callOf', () => {
  const options = { storyId: 'p1_abc', conflictId: 's-c1', key: 's-7', escalates: true, after: 12 };
  const schemas = {
    create: CreateConflictBody,
    choice: MakeChoiceBody,
    act: ConflictEventBody,
    progress: ConflictEventBody,
    resolve: ResolveConflictBody,
    sync: SyncSceneBody,
  };

  it.each(CALL_KINDS.filter((kind) => kind !== 'state'))(
    'makes a %s that the API takes, with its key inside',
    (kind) => {
      const { body } = callOf(kind, kind === 'create' ? { ...options, key: 's-c1' } : options);
      const data = schemas[kind].parse(body);
      expect(keyOf({ data: { ...data } })).toBe(kind === 'create' ? 's-c1' : 's-7');
    },
  );

  it('asks for a state that is as new as the player', () => {
    expect(callOf('state', options).path).toBe('/v1/stories/p1_abc/state?after=12');
  });
});

describe('isWhole', () => {
  it('takes an answer with nothing pending, and a state that is neither stale nor lacks a part', () => {
    expect(isWhole({ position: 1, pending: [] })).toBe(true);
    expect(isWhole({ position: 1, stale: false, missing: [] })).toBe(true);
  });

  it.each([{ pending: ['social-circle'] }, { stale: true }, { missing: ['conflict-flow'] }])(
    'does not take %j',
    (lack) => {
      expect(isWhole({ position: 1, ...lack })).toBe(false);
    },
  );
});
