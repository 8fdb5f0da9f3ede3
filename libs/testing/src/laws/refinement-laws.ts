import {
  type EventOf,
  SETTLEMENTS,
  SETTLEMENT_TYPES,
  isOf,
  isSettlementType,
  parseEvent,
  taskOf,
} from '@agon/contracts';
import { type History, type LoggedEvent, allOf, groupBy } from './history.ts';

const TYPES = ['RefinementRequested', ...SETTLEMENT_TYPES] as const;

type RefinementEvent = EventOf<(typeof TYPES)[number]>;

/** Every request and settlement, by story and refinement. */
function refinementsOf(events: readonly LoggedEvent[]): Map<string, RefinementEvent[]> {
  const found = events.flatMap((stored) => {
    if (!TYPES.some((type) => type === stored.type)) return [];
    const event = parseEvent(stored);
    return isOf(event, TYPES) ? [event] : [];
  });
  return groupBy(found, ({ storyId, data }) => `${storyId} ${data.refinementId}`);
}

const deadlineOf = (events: readonly RefinementEvent[]): number =>
  Math.max(...events.map((event) => (event.type === 'RefinementRequested' ? Date.parse(event.data.deadline) : 0)));

/** Refinements that nobody has settled yet. */
export const openRefinements = (history: History): string[] =>
  [...refinementsOf(allOf(history))].flatMap(([name, events]) => (events.length < 2 ? [name] : []));

/**
 * Conservation: what was asked for is settled exactly once, by its owner; nothing else is. Of a log at rest.
 * A line per breach.
 */
export function conserved(history: History): string[] {
  return [...refinementsOf(allOf(history))].flatMap(([name, events]) => {
    const [request, ...settlements] = events;
    const strange = events.some(({ data, metadata }) => taskOf(data.task).owner !== metadata.source);
    return [
      ...(request?.type === 'RefinementRequested' ? [] : [`${name} was never asked for`]),
      ...(settlements.some(({ type }) => type === 'RefinementRequested') ? [`${name} was asked for twice`] : []),
      ...(settlements.length > 1 ? [`${name} was settled ${settlements.length} times`] : []),
      ...(strange ? [`${name} was settled by a stranger`] : []),
      ...(settlements.length === 0 ? [`${name} is open, with a deadline at ${deadlineOf(events)}`] : []),
    ];
  });
}

/** How many refinements ended how; and, of those that were turned down or failed, why. */
export function outcomesOf(events: readonly LoggedEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [, [, settlement]] of refinementsOf(events)) {
    const word = settlement !== undefined && isSettlementType(settlement.type) ? SETTLEMENTS[settlement.type] : 'open';
    const reason = settlement !== undefined && 'reason' in settlement.data ? ` ${settlement.data.reason}` : '';
    counts[`${word}${reason}`] = (counts[`${word}${reason}`] ?? 0) + 1;
  }
  return counts;
}
