import type { StoredEvent } from './event-log.ts';

/** The category of a stream id `<category>-<storyId>[-<localId>]`: all before the first hyphen. */
export const categoryOf = (streamId: string): string => {
  const hyphen = streamId.indexOf('-');
  return hyphen === -1 ? streamId : streamId.slice(0, hyphen);
};

/** Name of the JetStream stream that carries a partition. */
export const streamOf = (partition: number): string => `STORY_${partition}`;

/** Subject on which an event is published: `story.<partition>.<game>.<source>.<Type>`. */
export const subjectOf = (event: StoredEvent): string =>
  `story.${event.partition}.${event.metadata.game}.${event.metadata.source}.${event.type}`;
