/** Some of an append's events are in the log and some are not: the ids don't belong together. Retrying can't help. */
export class PartialDuplicateError extends Error {
  override readonly name = 'PartialDuplicateError';
}

/**
 * The handled message lies past the head of the log: it came from a broker that is ahead of Postgres. Moving the mark
 * there would skip the events that will get these positions. Passes once the publisher has re-created the stream.
 */
export class PastHeadError extends Error {
  override readonly name = 'PastHeadError';
}

/** The request can't be stored as it is: malformed ids, unpublishable names, text that JSON in Postgres can't hold. */
export class UnstorableError extends Error {
  override readonly name = 'UnstorableError';
}

/** A category is owned by another service. */
export class CategoryOwnedError extends Error {
  override readonly name = 'CategoryOwnedError';
}

/** The database role of the connection is not the one of the service that it speaks for. */
export class WrongRoleError extends Error {
  override readonly name = 'WrongRoleError';
}
