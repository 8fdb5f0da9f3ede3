import { z } from 'zod';
import { jsonSchema } from '../answer/json-schema.ts';
import { tokensIn } from '../answer/tokens.ts';
import { type Dialect, type Frame, message, MODEL, readAs, type Reply, schemaOf, type Script } from './dialect.ts';
import { SERVER_ERROR } from './errors.ts';

const tokens = z.number().int().min(1).nullish();

const request = z.looseObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_completion_tokens: tokens,
  max_tokens: tokens,
  response_format: z
    .looseObject({ type: z.string(), json_schema: z.looseObject({ schema: jsonSchema.optional() }).optional() })
    .nullish(),
});

const finishReason = ({ answer }: Reply): string => (answer.isComplete ? 'stop' : 'length');

const usage = ({ ask, answer }: Reply): object => {
  const prompt = tokensIn(ask.inputText);
  const completion = tokensIn(answer.text);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
};

const head = ({ key, createdAt }: Reply, object: string): object => ({
  id: `chatcmpl-${key}`,
  object,
  created: createdAt,
  model: MODEL,
  system_fingerprint: MODEL,
});

const data =
  (chunk: object): Frame =>
  () =>
    `data: ${JSON.stringify(chunk)}\n\n`;

const done: Frame = () => 'data: [DONE]\n\n';

function script(reply: Reply, pieces: readonly string[]): Script {
  const { ask, answer } = reply;
  const withUsage = ask.withUsage ? { usage: null } : {};
  const chunk = (delta: object, finish_reason: string | null = null): Frame =>
    data({
      ...head(reply, 'chat.completion.chunk'),
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
      ...withUsage,
    });
  const field = answer.kind === 'text' ? 'content' : 'refusal';
  const used = data({ ...head(reply, 'chat.completion.chunk'), choices: [], usage: usage(reply) });
  return {
    opening: [],
    beginning: [chunk({ role: 'assistant', [field]: '' })],
    pieces: pieces.map((piece) => chunk({ [field]: piece })),
    closing: [chunk({}, finishReason(reply)), ...(ask.withUsage ? [used] : []), done],
    failure: [data({ error: SERVER_ERROR.error })],
  };
}

/** `POST /v1/chat/completions` */
export const chatCompletions: Dialect = {
  read: (body) => {
    const { messages, stream, stream_options, response_format, ...limits } = readAs(request, body);
    return {
      isStreamed: stream ?? false,
      schema: schemaOf(response_format?.type, response_format?.json_schema?.schema),
      maxTokens: limits.max_completion_tokens ?? limits.max_tokens ?? undefined,
      userTexts: messages.filter(({ role }) => role === 'user').map(({ content }) => content),
      inputText: messages.map(({ content }) => content).join('\n'),
      withUsage: stream_options?.include_usage ?? false,
      echo: {},
    };
  },
  whole: (reply) => {
    const { kind, text } = reply.answer;
    const message = {
      role: 'assistant',
      content: kind === 'text' ? text : null,
      refusal: kind === 'text' ? null : text,
      annotations: [],
    };
    return {
      ...head(reply, 'chat.completion'),
      choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(reply) }],
      usage: usage(reply),
    };
  },
  failed: () => ({ status: SERVER_ERROR.status, body: { error: SERVER_ERROR.error } }),
  script,
};
