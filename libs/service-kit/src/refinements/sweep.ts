import { isTransient } from '@agon/event-store';
import { TransientError } from '@agon/messaging';
import { type DueDoc, type ReadModel, readModel } from '@agon/projections';
import { refinements as aggregate } from '@agon/refinements';
import type { StoryRuntime } from '../story/story-runtime.ts';
import type { RefinementMetrics } from './refinement-metrics.ts';
import type { RefinementRow, RefinementStatusProjection } from './refinement-status.ts';
import type { Refinements } from './refinements.ts';

/** Time between two looks, in milliseconds: half a second is nothing beside the shortest deadline of eight. */
const SWEEP_MS = 500;
/** What is open for so long after its deadline should have been settled by a sweep before this one; milliseconds. */
const OVERDUE_MS = 5_000;
/** Rows per query. */
const BATCH = 200;
/** A stream that refuses a settlement for good, as that of a parked story does, is tried again after this; milliseconds. */
const REFUSED_MS = 30_000;

export interface SweepOptions {
  readonly runtime: StoryRuntime;
  readonly refinements: Refinements;
  readonly status: RefinementStatusProjection;
  readonly metrics: RefinementMetrics;
}

/**
 * Settles what is open past its deadline: no model may leave a text open for ever, even when nobody answers at all.
 * Every replica may sweep; the streams' versions let one of them in.
 */
export class Sweep {
  private readonly rows: ReadModel<RefinementRow>;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();
  private stopped = false;
  private failing = false;
  /** Streams that refused, with the time at which they are tried again. */
  private readonly refusing = new Map<string, number>();

  constructor(private readonly options: SweepOptions) {
    const { runtime, status } = options;
    this.rows = readModel(runtime.parts.dataSource, runtime.parts.service, status);
  }

  start(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep().finally(() => this.start());
    }, SWEEP_MS);
  }

  /** Lets a sweep under way end. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.sweeping;
  }

  private async sweep(): Promise<void> {
    const { runtime, metrics } = this.options;
    const { logger, clock } = runtime.parts;
    try {
      const now = new Date(clock.now()).toISOString();
      let overdue = 0;
      // Page by page: rows that can't be settled (of a parked story) must not stand before all others for ever.
      for (let page = await this.rows.due(now, BATCH), seen = 0; page.length > 0 && !this.stopped;) {
        overdue += page.filter(({ doc }) => Date.parse(now) - Date.parse(doc.deadline) > OVERDUE_MS).length;
        await this.expireAll(page, now);
        seen += page.length;
        page = page.length < BATCH ? [] : await this.rows.due(now, BATCH, seen);
      }
      metrics.overdueNow(overdue);
      if (this.failing) logger.info({}, 'the sweep works again');
      this.failing = false;
    } catch (error) {
      // Postgres away: the next sweep finds the same rows. One line per outage.
      if (!this.failing) logger.warn({ err: error }, 'expired refinements wait to be settled');
      this.failing = true;
    }
  }

  /** Stream by stream. What one stream refuses is no reason to leave the others open. */
  private async expireAll(due: readonly DueDoc<RefinementRow>[], now: string): Promise<void> {
    const { runtime, refinements } = this.options;
    const streams = Map.groupBy(due, ({ storyId, doc }) => refinements.of(storyId, doc.conflictId).streamId);
    for (const [streamId, [row]] of streams) {
      if (row === undefined || (this.refusing.get(streamId) ?? 0) > Date.now()) continue;
      try {
        await this.expire(row, now);
        this.refusing.delete(streamId);
      } catch (error) {
        if (isTransient(error) || error instanceof TransientError) throw error;
        this.refusing.set(streamId, Date.now() + REFUSED_MS);
        const { storyId, doc } = row;
        runtime.parts.logger.error(
          { err: error, storyId, refinementId: doc.refinementId },
          'an expired refinement can not be settled',
        );
      }
    }
  }

  /** All that is due of the row's stream, in one append. */
  private async expire(row: DueDoc<RefinementRow>, now: string): Promise<void> {
    const { runtime, refinements } = this.options;
    const { decisions, log, logger } = runtime.parts;
    const [request] = await log.readAt(row.partition, [row.position]);
    if (request === undefined) return;
    const streams = { requests: refinements.of(row.storyId, row.doc.conflictId) };
    // The row may be behind: what else is due by now is settled under its name once more, at another time.
    const { events } = await decisions.act(request, `expired ${now}`, streams, ({ requests }) => [
      { stream: 'requests', events: aggregate.decide({ type: 'Expire', now }, requests) },
    ]);
    for (const { storyId, correlationId, data } of events) {
      logger.debug({ storyId, correlationId, refinementId: data['refinementId'] }, 'a refinement expired');
    }
  }
}
