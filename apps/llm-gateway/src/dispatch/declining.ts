import type { DataOf, FailureReason } from '@agon/contracts';
import type { MessagingLogger } from '@agon/messaging';
import { v5 as uuid5 } from 'uuid';
import type { StoredRequest } from '../lanes/stored-request.ts';
import type { DispatchMetrics } from './metrics.ts';
import type { Results } from './results.ts';

/**
 * How long refusals are collected, in milliseconds, those of all stories together. Each by itself would cost two appends,
 * one here and one of its owner, on the machine that serves the players: with the model off, for every text.
 */
const COLLECT_MS = 250;
/** Refusals in one event, at most: far below what an event may hold. */
const MOST = 500;

interface Batch {
  readonly requests: Map<string, { request: StoredRequest; reason: FailureReason }>;
  readonly stored: PromiseWithResolvers<void>;
}

export interface DecliningOptions {
  results: Pick<Results, 'store'>;
  metrics: DispatchMetrics;
  logger: MessagingLogger;
  collectMs?: number;
}

/** Tells the owners of requests that no model will answer them, one event for all of a story. */
export class Declining {
  private readonly batches = new Map<string, Batch>();
  private readonly storing = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: DecliningOptions) {}

  /** Resolves when it is stored. Rejects when the log refuses it, or the process ends first. */
  add(request: StoredRequest, reason: FailureReason): Promise<void> {
    const { task, lane } = request.data;
    this.options.metrics.ended(task, lane, reason);
    const batch = this.batches.get(request.storyId) ?? this.begin(request.storyId);
    batch.requests.set(request.eventId, { request, reason });
    if (batch.requests.size >= MOST) this.close(request.storyId, batch);
    return batch.stored.promise;
  }

  /** Stores at once what has been collected; comes back when that, and all before it, has ended. */
  async flush(): Promise<void> {
    this.closeAll();
    await Promise.all(this.storing);
  }

  private begin(storyId: string): Batch {
    this.timer ??= setTimeout(() => this.closeAll(), this.options.collectMs ?? COLLECT_MS);
    const batch: Batch = { requests: new Map(), stored: Promise.withResolvers() };
    // Not everyone who declines waits for the end of it, and `send` tells of a failure.
    batch.stored.promise.catch(() => undefined);
    this.batches.set(storyId, batch);
    return batch;
  }

  /** All at once: the log takes them together. */
  private closeAll(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const [storyId, batch] of this.batches) this.close(storyId, batch);
  }

  private close(storyId: string, batch: Batch): void {
    this.batches.delete(storyId);
    const ended = this.send(batch).finally(() => this.storing.delete(ended));
    this.storing.add(ended);
  }

  private async send({ requests, stored }: Batch): Promise<void> {
    const [first, ...rest] = [...requests.values()];
    if (first === undefined) return stored.resolve();
    const { request } = first;
    const data: DataOf<'RefinementsDeclined'> = {
      refinements: [first, ...rest].map(({ request: { data: asked }, reason }) => ({
        refinementId: asked.refinementId,
        owner: asked.owner,
        conflictId: asked.conflictId,
        reason,
      })),
    };
    // Of everything that it tells: after a crash the first may come again in other company.
    const name = ['llm-gateway/declined', ...rest.map(({ request: { eventId } }) => eventId)].join('/');
    try {
      await this.options.results.store(request, uuid5(name, request.eventId), 'RefinementsDeclined', data);
      stored.resolve();
    } catch (error) {
      const { storyId, correlationId } = request;
      const fields = { err: error, storyId, correlationId, refinements: requests.size };
      this.options.logger.error(fields, 'refusals were not stored; their owners let them expire');
      stored.reject(error);
    }
  }
}
