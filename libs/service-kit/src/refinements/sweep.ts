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
/** Rows per look; a backlog takes several. */
const BATCH = 200;

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
    const { runtime, refinements, metrics } = this.options;
    const { logger } = runtime.parts;
    try {
      const now = new Date().toISOString();
      const due = await this.rows.due(now, BATCH);
      metrics.overdueNow(due.filter(({ doc }) => Date.parse(now) - Date.parse(doc.deadline) > OVERDUE_MS).length);
      const streams = Map.groupBy(due, ({ storyId, doc }) => refinements.of(storyId, doc.conflictId).streamId);
      for (const rows of streams.values()) await this.expire(rows, now);
      if (this.failing) logger.info({}, 'the sweep works again');
      this.failing = false;
    } catch (error) {
      // Postgres away: the next sweep finds the same rows. One line per outage.
      if (!this.failing) logger.warn({ err: error }, 'expired refinements wait to be settled');
      this.failing = true;
    }
  }

  /** All that is due of one stream, in one append. */
  private async expire([row]: readonly DueDoc<RefinementRow>[], now: string): Promise<void> {
    if (row === undefined) return;
    const { runtime, refinements } = this.options;
    const { decisions, log, logger } = runtime.parts;
    const [request] = await log.readAt(row.partition, [row.position]);
    if (request === undefined) return;
    const streams = { requests: refinements.of(row.storyId, row.doc.conflictId) };
    const { events } = await decisions.act(request, 'expired', streams, ({ requests }) => [
      { stream: 'requests', events: aggregate.decide({ type: 'Expire', now }, requests) },
    ]);
    for (const { storyId, correlationId, data } of events) {
      logger.debug({ storyId, correlationId, refinementId: data['refinementId'] }, 'a refinement expired');
    }
  }
}
