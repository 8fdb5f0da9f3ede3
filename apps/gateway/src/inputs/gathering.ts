import {
  type EventOf,
  type InputType,
  type Judging,
  type Service,
  isRefinementType,
  judging,
  parseEvent,
} from '@agon/contracts';
import type { StoredEvent } from '@agon/event-store';

/** What one service says of one message that it has handled. */
export interface Report {
  readonly service: string;
  /** The message that was handled: the input for its judge, the accepting fact for all others. */
  readonly handled: string;
  readonly events: readonly EventOf[];
}

/** What is known of the answer to one input. */
export interface Gathered {
  /** The facts of the answer; the input itself is the first. */
  readonly facts: readonly EventOf[];
  readonly refusal: EventOf | undefined;
  readonly pending: readonly Service[];
}

export type InputEvent = EventOf<InputType>;

/** What an answer may be made of: facts. Requests for better texts are stored beside them and come to no answer. */
export const factsOf = (stored: readonly StoredEvent[]): EventOf[] =>
  stored.filter(({ type }) => !isRefinementType(type)).map(parseEvent);

/** Puts together what the services report, in whatever order it came. */
export function gather(input: InputEvent, reports: readonly Report[]): Gathered {
  const rule = judging[input.type];
  const judged = reports.find(({ service, handled }) => service === rule.judge && handled === input.eventId);
  const refusal = judged?.events.find(({ type }) => type === rule.refused);
  if (refusal !== undefined) return { facts: [input, refusal], refusal, pending: [] };
  const trigger = triggerOf(rule, input, judged);
  const answers = rule.answeredBy.map((service) => {
    const handled = service === rule.judge ? input.eventId : trigger?.eventId;
    return { service, report: reports.find((report) => report.service === service && report.handled === handled) };
  });
  return {
    facts: [input, ...answers.flatMap(({ report }) => report?.events ?? [])],
    refusal: undefined,
    pending: answers.flatMap(({ service, report }) => (report === undefined ? [service] : [])),
  };
}

/** The same from the log: who has handled what is told by the handled marks, which must be read before the events. */
export function gatherFromLog(
  input: InputEvent,
  marks: ReadonlyMap<string, number>,
  events: readonly EventOf[],
): Gathered {
  const rule = judging[input.type];
  const causedBy = (cause: EventOf, service: string) =>
    events.filter(({ metadata }) => metadata.source === service && metadata.causationId === cause.eventId);
  const report = (cause: EventOf, service: string): Report[] =>
    (marks.get(service) ?? 0) >= cause.position
      ? [{ service, handled: cause.eventId, events: causedBy(cause, service) }]
      : [];
  const [judged] = report(input, rule.judge);
  const trigger = triggerOf(rule, input, judged);
  const answers = trigger === undefined ? [] : rule.answeredBy.flatMap((service) => report(trigger, service));
  return gather(input, [...(judged === undefined ? [] : [judged]), ...answers]);
}

/** What all but the judge react to: the accepting fact, or the input itself where the gateway has judged it. */
function triggerOf(rule: Judging, input: InputEvent, judged: Report | undefined): EventOf | undefined {
  return rule.judge === 'gateway' ? input : judged?.events.find(({ type }) => type === rule.accepted);
}
