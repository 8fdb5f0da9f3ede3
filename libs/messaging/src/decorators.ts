import { applyDecorators, UseFilters } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { KeepError } from './keep-error.filter.ts';

/** Binds handlers to this transport, and to no other that the application may also listen on. */
export const JETSTREAM = Symbol('agon.jetstream');

const EVENT = 'event:';
const QUERY = 'query:';

type EventPatternText = `${typeof EVENT}${string}`;

/** The pattern under which Nest knows the handler of an event type. */
export const eventPattern = (type: string): EventPatternText => `${EVENT}${type}`;

/** The event type that a handler's pattern names, or nothing when the pattern is not one of ours. */
export const eventTypeOf = (pattern: string): string | undefined =>
  pattern.startsWith(EVENT) ? pattern.slice(EVENT.length) : undefined;

/** The query name that a handler's pattern names, or nothing when the pattern is not one of ours. */
export const queryNameOf = (pattern: string): string | undefined =>
  pattern.startsWith(QUERY) ? pattern.slice(QUERY.length) : undefined;

/**
 * Handles every event of one type, in the order of its partition, each exactly once in effect.
 * `@Payload()` is the parsed event and `@Ctx()` the `MessageContext`. The method returns what `Decisions.handle`
 * returned, or nothing when the event is of no concern. What it throws decides between retry and parking, so an
 * exception filter of the method's own has to stand above this decorator.
 */
export const OnEvent = (type: string): MethodDecorator =>
  applyDecorators(EventPattern<EventPatternText>(eventPattern(type), JETSTREAM), UseFilters(KeepError));

/**
 * Answers the query `name` of this service: `@Payload()` is the question, the returned value the answer, both JSON.
 * Throw a `QueryError` to answer with a code.
 */
export const OnQuery = (name: string): MethodDecorator =>
  applyDecorators(MessagePattern(`${QUERY}${name}`, JETSTREAM), UseFilters(KeepError));
