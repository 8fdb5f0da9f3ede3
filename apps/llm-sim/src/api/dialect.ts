import { z } from 'zod';
import type { Answer } from '../answer/compose.ts';
import type { JsonSchema } from '../answer/json-schema.ts';
import { BadRequest } from './errors.ts';

/** The name of the simulated model, whatever model was asked for: nobody shall take its answers for another's. */
export const MODEL = 'llm-sim';

/** What both APIs let one ask, once read. */
export interface Ask {
  readonly isStreamed: boolean;
  readonly schema: JsonSchema | undefined;
  readonly maxTokens: number | undefined;
  /** Texts of the user, oldest first. */
  readonly userTexts: readonly string[];
  /** All that the model reads, for counting. */
  readonly inputText: string;
  /** Whether a stream tells the usage. Only chat completions let one choose. */
  readonly withUsage: boolean;
  /** Fields of the request that the answer repeats. */
  readonly echo: Readonly<Record<string, unknown>>;
}

export interface Reply {
  readonly ask: Ask;
  readonly answer: Answer;
  /** Unique part of all ids in the answer. */
  readonly key: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
}

/** An event of a stream as it is sent, given its place in the stream. */
export type Frame = (place: number) => string;

/** The parts of a streamed answer. */
export interface Script {
  /** Sent at once. */
  readonly opening: readonly Frame[];
  /** Sent with the first piece of text. */
  readonly beginning: readonly Frame[];
  readonly pieces: readonly Frame[];
  /** The last of these ends the answer. */
  readonly closing: readonly Frame[];
  /** Ends the answer in place of `closing`. */
  readonly failure: readonly Frame[];
}

/** One of the APIs in which the simulator can be asked. */
export interface Dialect {
  /** @throws BadRequest */
  read(body: unknown): Ask;
  /** The whole answer. */
  whole(reply: Reply): object;
  /** What is sent in place of the whole answer when the model fails. */
  failed(reply: Reply): { readonly status: number; readonly body: object };
  /** The streamed answer, whose pieces together are the text. */
  script(reply: Reply, pieces: readonly string[]): Script;
}

const DEFAULT_SCHEMA: JsonSchema = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };

/** The schema that a format asks for: that of the API's `json_schema`, or any object. */
export function schemaOf(type: string | undefined, schema: JsonSchema | undefined): JsonSchema | undefined {
  if (type === 'json_object') return DEFAULT_SCHEMA;
  return type === 'json_schema' ? schema : undefined;
}

/** A message's content: a string, or parts of which some have text. */
export const content = z
  .union([z.string(), z.array(z.looseObject({ text: z.string().optional().catch(undefined) }))])
  .nullish()
  .transform((value) =>
    typeof value === 'string' ? value : (value ?? []).flatMap(({ text }) => text ?? []).join('\n'),
  );

export const message = z.looseObject({ role: z.string().optional(), content });

/** @throws BadRequest that names the first field that is wrong */
export function readAs<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const param = issue?.path.join('.') ?? '';
  throw new BadRequest(`${param === '' ? 'the body' : param}: ${issue?.message ?? 'invalid'}`, param || null);
}
