import { SETTLEMENTS, isSettlementType } from '@agon/contracts';
import type { Json, StoredEvent } from '@agon/event-store';
import { Counter, Gauge } from 'prom-client';
import type { Metrics } from '../metrics.ts';

/** Conservation in figures: what was asked is settled once, and nothing stays open past its deadline. */
export class RefinementMetrics {
  private readonly total: Counter<'task' | 'outcome' | 'reason'>;
  private readonly lates: Counter<'task'>;
  private readonly overdue: Gauge;

  constructor({ registry }: Metrics) {
    const registers = [registry];
    this.total = new Counter({
      name: 'agon_refinements_total',
      help: 'Refinements by outcome: requested, accepted, rejected, superseded, expired, failed',
      labelNames: ['task', 'outcome', 'reason'],
      registers,
    });
    this.lates = new Counter({
      name: 'agon_refinements_late_total',
      help: 'Answers that came after their refinement was settled, and decided nothing',
      labelNames: ['task'],
      registers,
    });
    this.overdue = new Gauge({
      name: 'agon_refinements_overdue',
      help: 'Refinements that are open more than 5 s past their deadline; other than 0, conservation is broken',
      registers,
    });
  }

  /** Counts an event that this process has appended, if it is about a refinement. */
  appended({ type, data: { task, reason } }: StoredEvent): void {
    const outcome = isSettlementType(type)
      ? SETTLEMENTS[type]
      : type === 'RefinementRequested'
        ? 'requested'
        : undefined;
    if (outcome !== undefined) this.total.inc({ task: label(task), outcome, reason: label(reason) });
  }

  /** An answer came for a refinement of this task that was settled before. */
  late(task: string): void {
    this.lates.inc({ task });
  }

  /** So many are open long after their deadline. */
  overdueNow(count: number): void {
    this.overdue.set(count);
  }
}

const label = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
