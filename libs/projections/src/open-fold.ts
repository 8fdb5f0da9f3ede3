import type { StoredEvent } from '@agon/event-store';
import { fold, type FoldedRow, planFold, type Poison, rowId, touchedRows } from './fold.ts';
import type { AnyProjection } from './projection.ts';

type Stored = ReadonlyMap<string, object>;

/** Rows by row id that are folded on page by page and are not written yet; each is written once, as the last page left it. */
export class OpenFold {
  readonly rows = new Map<string, FoldedRow>();
  readonly poison = new Map<string, Poison>();
  private readonly projection: AnyProjection;
  private readonly parked: ReadonlySet<string>;

  constructor(projection: AnyProjection, parked: ReadonlySet<string>) {
    this.projection = projection;
    this.parked = parked;
  }

  /**
   * Folds the next page.
   *
   * @param stored reads the rows that the page touches and no page before it has touched
   */
  async add(
    events: readonly StoredEvent[],
    stored?: (plan: ReturnType<typeof planFold>) => Promise<Stored>,
  ): Promise<void> {
    const stopped = this.poison.size === 0 ? this.parked : new Set([...this.parked, ...this.poison.keys()]);
    const plan = planFold(this.projection, events, 0, stopped);
    const before = new Map<string, object>();
    if (this.projection.feed !== true) {
      const touched = touchedRows(plan);
      const known = touched.flatMap((ref) => this.rows.get(rowId(ref)) ?? []);
      for (const row of known) before.set(rowId(row), row.row);
      if (stored !== undefined && known.length < touched.length) {
        const rest = plan.steps.filter((step) => !before.has(rowId(step)));
        for (const [id, row] of await stored({ ...plan, steps: rest })) before.set(id, row);
      }
    }
    const { rows, poison } = fold(plan, before);
    for (const row of rows) this.rows.set(rowId(row), row);
    for (const one of poison) this.poison.set(one.storyId, one);
  }
}
