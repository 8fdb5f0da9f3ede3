import type { StoredEvent } from '@agon/event-store';
import { copyOf } from './copy.ts';
import { byStory } from './record.ts';

const event = (position: number, streamId: string, storyId = 'p1_00000000'): StoredEvent => ({
  partition: 1,
  position,
  streamId: `${streamId}-${storyId}`,
  version: 1,
  eventId: `e${position}`,
  storyId,
  correlationId: 'c',
  type: 'ChoiceApplied',
  schemaVersion: 1,
  data: { n: position },
  metadata: { game: 'local', source: 'game', depth: 0 },
  recordedAt: '2027-01-01T00:00:00.000Z',
});

describe('copyOf', () => {
  it('keeps the order, and puts neighbours of one service into one append', () => {
    const events = [event(1, 'game'), event(2, 'conflict'), event(3, 'flow'), event(4, 'circle'), event(5, 'flow')];
    const copies = copyOf(events, { storyId: 'p7_copied00', partition: 7 });
    expect(copies.map(({ service, events: some }) => [service, some.map(({ eventId }) => eventId)])).toEqual([
      ['gateway', ['e1']],
      ['conflict-flow', ['e2', 'e3']],
      ['social-circle', ['e4']],
      ['conflict-flow', ['e5']],
    ]);
    expect(copies[1]).toMatchObject({ partition: 7, storyId: 'p7_copied00', correlationId: 'c' });
    expect(copies[1]?.events[1]).toMatchObject({
      streamId: 'flow-p7_copied00',
      data: { n: 3 },
      metadata: { source: 'game', copied: true },
    });
  });

  it('does not copy what nobody may append', () => {
    expect(() => copyOf([event(1, 'nobody')], { storyId: 'p7_copied00', partition: 7 })).toThrow('nobody owns');
  });
});

describe('byStory', () => {
  it('takes stories apart and keeps their order', () => {
    const [a, b] = ['p1_aaaaaaaa', 'p1_bbbbbbbb'];
    const stories = byStory([event(1, 'game', a), event(2, 'game', b), event(3, 'flow', a)]);
    expect(stories.map((story) => story.map(({ position }) => position))).toEqual([[1, 3], [2]]);
  });
});
