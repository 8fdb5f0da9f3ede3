import { CALL_KINDS, callOf, openStory, registerCast } from '../calls.ts';
import { kindOf } from './routes.ts';

describe('kindOf', () => {
  const options = { storyId: 'p1_abc', conflictId: 'c1', key: 'k', escalates: true, after: 0 };

  it.each(CALL_KINDS.filter((kind) => kind !== 'state'))('knows a %s', (kind) => {
    const { path, body } = callOf(kind, options);
    expect(kindOf(path, JSON.stringify(body))).toBe(kind);
  });

  it('knows that opening a story asks no model, nor reading its state', () => {
    for (const { path, body } of [openStory('s'), registerCast('p1_abc', 's'), callOf('state', options)]) {
      expect(kindOf(path, JSON.stringify(body ?? {}))).toBeUndefined();
    }
  });
});
