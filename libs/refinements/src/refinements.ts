import {
  type DataOf,
  type Decided,
  type FailureReason,
  type RefinementRequest,
  SETTLEMENT_TYPES,
} from '@agon/contracts';
import type { Decider } from '@agon/event-store';
import { type Ask, type Moment, requestOf } from './ask.ts';
import { judge } from './judge.ts';

/**
 * The refinements that a service has asked for, in one stream beside the facts that they are about: requested, then
 * settled exactly once. Facts never depend on it.
 */
export interface RefinementsState {
  /** Not settled yet, the oldest first. */
  readonly open: readonly RefinementRequest[];
  /** Of the newest request: what is older comes late. */
  readonly turn: number;
}

export type RefinementsCommand =
  | { type: 'Ask'; asks: readonly Ask[]; moment: Moment }
  /** `closed`: whether the conflict that it is about is closed. */
  | { type: 'Judge'; answer: DataOf<'RefinementAnswered'>; closed: boolean }
  | { type: 'Fail'; refinements: readonly { readonly refinementId: string; readonly reason: FailureReason }[] }
  /** `now`: ISO 8601, UTC; what is open past its deadline expires. */
  | { type: 'Expire'; now: string };

/** What the aggregate's streams hold. */
export const REFINEMENT_EVENTS = ['RefinementRequested', ...SETTLEMENT_TYPES] as const;
export type RefinementEvent = Decided<(typeof REFINEMENT_EVENTS)[number]>;

/** Nothing was asked for. */
export const initialState = (): RefinementsState => ({ open: [], turn: 0 });

/** What the command brings about; nothing where it comes after the settlement. */
export function decide(command: RefinementsCommand, state: RefinementsState): RefinementEvent[] {
  switch (command.type) {
    case 'Ask':
      return ask(command.asks, command.moment, state);
    case 'Judge': {
      const request = openOf(state, command.answer.refinementId);
      // Settled before: the answer came late and decides nothing.
      return request === undefined ? [] : [settle(request, command.answer, command.closed, state)];
    }
    case 'Fail':
      return command.refinements.flatMap(({ refinementId, reason }): RefinementEvent[] => {
        const request = openOf(state, refinementId);
        if (request === undefined) return [];
        return [{ type: 'RefinementFailed', data: { ...kept(request), reason }, because: [`model.${reason}`] }];
      });
    case 'Expire':
      return state.open
        .filter(({ deadline }) => Date.parse(deadline) <= Date.parse(command.now))
        .map((request) => ({ type: 'RefinementExpired', data: kept(request), because: [`deadline.${request.lane}`] }));
  }
}

/** A request is open until any settlement of it. */
export function evolve(state: RefinementsState, event: RefinementEvent): RefinementsState {
  if (event.type === 'RefinementRequested') {
    return { open: [...state.open, event.data], turn: Math.max(state.turn, event.data.turn) };
  }
  const { refinementId } = event.data;
  return { ...state, open: state.open.filter((request) => request.refinementId !== refinementId) };
}

export const decider: Decider<RefinementsState, RefinementsCommand, RefinementEvent> = {
  initialState,
  decide,
  evolve,
};

const openOf = ({ open }: RefinementsState, refinementId: string): RefinementRequest | undefined =>
  open.find((request) => request.refinementId === refinementId);

/** Each ask becomes a request; the open one with its key, of this call or an earlier one, is superseded by it. */
function ask(asks: readonly Ask[], moment: Moment, before: RefinementsState): RefinementEvent[] {
  const events: RefinementEvent[] = [];
  let state = before;
  for (const request of asks.map((one) => requestOf(one, moment))) {
    const older = state.open.find(({ key }) => key === request.key);
    const added: RefinementEvent[] = [
      ...(older === undefined ? [] : [superseded(older, request.refinementId)]),
      { type: 'RefinementRequested', data: request },
    ];
    state = added.reduce(evolve, state);
    events.push(...added);
  }
  return events;
}

const superseded = (request: RefinementRequest, by: string): RefinementEvent => ({
  type: 'RefinementSuperseded',
  data: { ...kept(request), by },
  because: ['a newer text of the same kind'],
});

function settle(
  request: RefinementRequest,
  answer: DataOf<'RefinementAnswered'>,
  closed: boolean,
  { turn }: RefinementsState,
): RefinementEvent {
  const verdict = judge(request, answer, closed);
  if (!verdict.accepted) {
    const { reason, detail } = verdict;
    return { type: 'RefinementRejected', data: { ...kept(request), reason, detail }, because: [`rejected.${reason}`] };
  }
  return {
    type: 'RefinementAccepted',
    data: {
      ...subjectOf(request),
      revision: request.revision + 1,
      final: true,
      replaces: request.revision,
      // What is looked at in passing is passed by then; a name or a profile stands, and may change at any time.
      late: request.lane === 'hot' && turn > request.turn,
      changes: verdict.changes,
      refused: [...verdict.refused],
      source: answer.provenance.model,
    },
    because: [`${answer.provenance.promptId}@${answer.provenance.promptVersion} ${answer.provenance.promptHash}`],
  };
}

const subjectOf = ({ refinementId, task, conflictId, itemId, kind, npcId }: RefinementRequest) => ({
  refinementId,
  task,
  conflictId,
  itemId,
  kind,
  npcId,
});

/** The item stays as it is, for good. */
const kept = (request: RefinementRequest) => ({
  ...subjectOf(request),
  revision: request.revision,
  final: true as const,
});
