import type OpenAI from 'openai';
import type { AnswerSchema } from './answer-schema.ts';
import type { ModelAnswer } from './model.ts';
import type { Rendered } from './render.ts';

/** One question to a model. */
export interface Ask extends Rendered {
  readonly model: string;
  readonly schema: AnswerSchema;
  readonly maxOutputTokens: number;
}

/** What one event of a stream has brought; an event that brings nothing is still a sign of life. */
export interface Step {
  /** What was written since the step before. */
  readonly text?: string | undefined;
  readonly responseId?: string | undefined;
  readonly usage?: ModelAnswer['usage'];
  /** The model has said that its answer is whole; only usage may still come. */
  readonly isWhole?: boolean;
}

/**
 * One of the APIs in which a model is asked. Yields a step for every event, and ends with the stream: whether the answer
 * was whole by then is for the reader to check.
 * @throws ModelFailure when the provider tells of one
 * @throws the client's error when the provider can't be asked, or the stream breaks
 */
export type Dialect = (client: OpenAI, ask: Ask, signal: AbortSignal) => AsyncGenerator<Step>;
