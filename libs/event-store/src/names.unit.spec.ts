import { categoryOf, streamOf, subjectOf } from './names.ts';
import type { StoredEvent } from './event-log.ts';

const event: StoredEvent = {
  partition: 7,
  position: 1,
  streamId: 'conflict-p7_x-c1',
  version: 1,
  eventId: '00000000-0000-5000-8000-000000000000',
  storyId: 'p7_x',
  correlationId: 'c',
  type: 'ChoiceApplied',
  schemaVersion: 1,
  data: {},
  metadata: { game: 'local', source: 'conflict-flow', depth: 1 },
  recordedAt: '2026-01-01T00:00:00.000Z',
};

it('names categories, streams and subjects', () => {
  expect(categoryOf(event.streamId)).toBe('conflict');
  expect(streamOf(event.partition)).toBe('STORY_7');
  expect(subjectOf(event)).toBe('story.7.local.conflict-flow.ChoiceApplied');
});
