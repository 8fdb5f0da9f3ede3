/**
 * Something outside this message is away or busy. The message is retried in place, as long as it takes, and nothing is
 * counted against it.
 */
export class TransientError extends Error {
  override readonly name = 'TransientError';
}

/** This message can't be handled, now or later; after a few tries its story is parked. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** An earlier message of this story is parked for this service, so this one has to wait behind it. */
export class StoryParkedError extends Error {
  override readonly name = 'StoryParkedError';

  constructor(readonly storyId: string) {
    super('an earlier message of this story is parked');
  }
}

/** What a query handler throws to answer with a code of its own. */
export class QueryError extends Error {
  override readonly name = 'QueryError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
