/** Core NATS subjects; what is stored travels on `story.<p>.>` (see the event store). */

export const replySubject = (instance: string, eventId: string): string => `reply.${instance}.${eventId}`;
export const replyWildcard = (instance: string): string => `reply.${instance}.*`;

/** Tells that the story feed of the partition has advanced. */
export const feedSubject = (partition: number): string => `feed.${partition}`;
export const FEED_WILDCARD = 'feed.*';

/** Carries drafts of a text while a model writes it. */
export const deltaSubject = (game: string, storyId: string, refinementId: string): string =>
  `delta.${game}.${storyId}.${refinementId}`;
export const DELTA_WILDCARD = 'delta.*.*.*';
