import { consumes, isInputType, judging } from '@agon/contracts';
import { v5 as uuid5 } from 'uuid';
import { type History, type LoggedEvent, allOf, groupBy } from './history.ts';

/** What must hold of the log alone. Each law gives a line per breach. */

const nameOf = ({ partition, position, type }: LoggedEvent): string => `${partition}/${position} ${type}`;

const outOfOrder = (events: readonly LoggedEvent[], numberOf: (event: LoggedEvent) => number, what: string): string[] =>
  events.flatMap((event, at) => (numberOf(event) === at + 1 ? [] : [`${nameOf(event)} has no ${what} ${at + 1}`]));

/** Positions are 1, 2, 3 … in each partition, versions in each stream; each event id occurs once. */
export function gapless(history: History): string[] {
  const events = allOf(history);
  const streams = groupBy(events, ({ streamId }) => streamId);
  const ids = groupBy(events, ({ eventId }) => eventId);
  return [
    ...[...history.values()].flatMap((partition) => outOfOrder(partition, ({ position }) => position, 'position')),
    ...[...streams.values()].flatMap((stream) => outOfOrder(stream, ({ version }) => version, 'version')),
    ...[...ids.values()]
      .filter(({ length }) => length > 1)
      .map((doubled) => `one event id: ${doubled.map(nameOf).join(', ')}`),
  ];
}

/** Each input that a service judges has exactly one judgement, and a refused one has no other consequence. */
export function judgedOnce(history: History): string[] {
  return [...groupBy(allOf(history), ({ correlationId }) => correlationId).values()].flatMap((events) => {
    const inputs = events.filter(({ type }) => isInputType(type));
    const [input] = inputs;
    if (input === undefined || inputs.length > 1) return [`${events.map(nameOf).join(', ')}: ${inputs.length} inputs`];
    if (!isInputType(input.type)) return [];
    const { judge, accepted, refused } = judging[input.type];
    if (judge === 'gateway') return [];
    const judgements = events.filter(({ type }) => type === accepted || type === refused);
    if (judgements.length !== 1) return [`${nameOf(input)} has ${judgements.length} judgements`];
    const isRefused = judgements.some(({ type }) => type === refused);
    return isRefused && events.length > 2 ? [`${nameOf(input)} was refused and caused ${events.length - 2} facts`] : [];
  });
}

/** Everything that one service decided because of one message. */
interface DecisionRecord {
  readonly service: string;
  readonly cause: LoggedEvent | undefined;
  readonly events: readonly LoggedEvent[];
}

/** What time brings about, and what the llm-gateway says of several requests at once: nobody decides it on a message. */
const COME_ABOUT = new Set(['RefinementExpired', 'RefinementsDeclined']);

function decisionsOf(partition: readonly LoggedEvent[]): DecisionRecord[] {
  const byId = new Map(partition.map((event) => [event.eventId, event]));
  const facts = partition.filter(({ type, metadata }) => metadata.source !== 'game' && !COME_ABOUT.has(type));
  const groups = groupBy(facts, ({ metadata }) => `${metadata.source} ${metadata.causationId}`);
  return [...groups.values()].map((events) => ({
    service: events[0]?.metadata.source ?? '',
    cause: byId.get(events[0]?.metadata.causationId ?? ''),
    events,
  }));
}

const isConsumed = (service: string, type: string): boolean =>
  Object.entries(consumes).some(([name, types]) => name === service && types.some((known) => known === type));

/**
 * Each (service, message) is decided at most once: its facts stand side by side, were stored by one append, and carry
 * the ids that one decision derives, from 0 on.
 */
export function decidedOnce(history: History): string[] {
  return [...history.values()].flatMap(decisionsOf).flatMap(({ service, cause, events }) => {
    const names = `${service}: ${events.map(nameOf).join(', ')}`;
    if (cause === undefined) return [`${names}: the message is not in the partition`];
    if (!isConsumed(service, cause.type)) return [`${names}: does not handle ${cause.type}`];
    const [first] = events;
    const isOneAppend = events.every(
      ({ position, recordedAt, eventId }, n) =>
        position === (first?.position ?? 0) + n &&
        position > cause.position &&
        recordedAt === first?.recordedAt &&
        eventId === uuid5(`${service}/${n}`, cause.eventId),
    );
    return isOneAppend ? [] : [`${names}: not one decision on ${nameOf(cause)}`];
  });
}

/** Models answer in the order that suits them. */
const isInOrder = ({ service }: DecisionRecord): boolean => service !== 'llm-gateway';

/** Each service decides its messages in the order of the log, and what it decides inherits the input's place. */
export function decidedInOrder(history: History): string[] {
  return [...history.values()].flatMap((partition) =>
    [...groupBy(decisionsOf(partition).filter(isInOrder), ({ service }) => service).values()].flatMap((decisions) =>
      decisions.flatMap(({ service, cause, events: [fact] }, at) => {
        if (cause === undefined || fact === undefined) return [];
        const before = decisions[at - 1]?.cause?.position ?? 0;
        const ordinal = cause.metadata.source === 'game' ? cause.version : cause.metadata.inputSequence;
        const isChild = fact.metadata.inputSequence === ordinal && fact.metadata.depth === cause.metadata.depth + 1;
        return [
          ...(cause.position > before ? [] : [`${service} decided ${nameOf(cause)} after position ${before}`]),
          ...(isChild && fact.correlationId === cause.correlationId
            ? []
            : [`${nameOf(fact)} is no child of its cause`]),
        ];
      }),
    ),
  );
}
