import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/** Runs `fn`; every line that is logged within it, also after an `await`, carries the correlation id. */
export const withCorrelation = <T>(correlationId: string, fn: () => T): T => storage.run(correlationId, fn);

/** The correlation id of the work in progress, if there is one. */
export const currentCorrelation = (): string | undefined => storage.getStore();
