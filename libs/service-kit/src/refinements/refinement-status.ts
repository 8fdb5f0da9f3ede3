import {
  type EventOf,
  type RefinementOwner,
  type RefinementStatus,
  SETTLEMENTS,
  parseEvent,
  taskOf,
} from '@agon/contracts';
import { type Projection, defineProjection } from '@agon/projections';
import { refinements } from '@agon/refinements';

/** Where a refinement stands, and until when it may stand open. */
export interface RefinementRow extends RefinementStatus {
  /** Its deadline while it is open. */
  due?: string;
}

export type RefinementStatusProjection = Projection<RefinementRow, EventOf>;

type RefinementEvent = EventOf<(typeof refinements.REFINEMENT_EVENTS)[number]>;

/** The read model of an owner's refinements, one row each; the sweep finds in it what is due. */
export const refinementStatusOf = (owner: RefinementOwner): RefinementStatusProjection =>
  defineProjection<RefinementRow, EventOf>({
    name: 'refinement-status',
    version: 1,
    due: true,
    handles: refinements.REFINEMENT_EVENTS,
    parse: parseEvent,
    key: (event) =>
      isRefinement(event) && taskOf(event.data.task).owner === owner ? event.data.refinementId : undefined,
    initial: () => ({
      refinementId: '',
      task: 'conflict.name',
      conflictId: null,
      itemId: null,
      kind: null,
      npcId: null,
      lane: 'bulk',
      status: 'open',
      reason: null,
      deadline: '',
      requestedAt: '',
      settledAt: null,
      source: null,
    }),
    evolve(row, event) {
      if (event.type === 'RefinementRequested') {
        const { refinementId, task, conflictId, itemId, kind, npcId, lane, deadline } = event.data;
        const asked = { refinementId, task, conflictId, itemId, kind, npcId, lane, deadline };
        return { ...row, ...asked, requestedAt: event.recordedAt, due: deadline };
      }
      if (!isRefinement(event)) return row;
      const { due: _, ...rest } = row;
      const { data } = event;
      return {
        ...rest,
        status: SETTLEMENTS[event.type],
        reason: 'reason' in data ? data.reason : null,
        settledAt: event.recordedAt,
        source: 'source' in data ? data.source : null,
      };
    },
  });

const isRefinement = (event: EventOf): event is RefinementEvent =>
  refinements.REFINEMENT_EVENTS.some((type) => type === event.type);
