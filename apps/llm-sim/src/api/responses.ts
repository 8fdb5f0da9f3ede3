import { z } from 'zod';
import { jsonSchema } from '../answer/json-schema.ts';
import { tokensIn } from '../answer/tokens.ts';
import {
  content,
  type Dialect,
  type Frame,
  message,
  MODEL,
  readAs,
  type Reply,
  schemaOf,
  type Script,
} from './dialect.ts';

const request = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string().min(1), z.array(message).min(1)]),
  instructions: content,
  stream: z.boolean().nullish(),
  max_output_tokens: z.number().int().min(1).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  text: z
    .looseObject({ format: z.looseObject({ type: z.string(), schema: jsonSchema.optional() }).optional() })
    .nullish(),
});

const FAILURE = { code: 'server_error', message: 'The model failed (simulated)' };

type Status = 'in_progress' | 'completed' | 'incomplete' | 'failed';

const finalStatus = ({ answer }: Reply): Status => (answer.isComplete ? 'completed' : 'incomplete');

const part = ({ kind }: Reply['answer'], text: string): object =>
  kind === 'text' ? { type: 'output_text', annotations: [], logprobs: [], text } : { type: 'refusal', refusal: text };

const itemId = ({ key }: Reply): string => `msg_${key}`;

const item = (reply: Reply, status: Status, parts: readonly object[]): object => ({
  id: itemId(reply),
  type: 'message',
  role: 'assistant',
  status,
  content: parts,
});

const usage = ({ ask, answer }: Reply): object => {
  const input = tokensIn(ask.inputText);
  const output = tokensIn(answer.text);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  };
};

function response(reply: Reply, status: Status): object {
  const { ask, key, createdAt } = reply;
  const isAnswered = status === 'completed' || status === 'incomplete';
  return {
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    ...ask.echo,
    id: `resp_${key}`,
    object: 'response',
    created_at: createdAt,
    status,
    error: status === 'failed' ? FAILURE : null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    model: MODEL,
    output: isAnswered ? [item(reply, status, [part(reply.answer, reply.answer.text)])] : [],
    usage: isAnswered ? usage(reply) : null,
  };
}

/** Events of this API carry their type twice, and their place in the stream. */
const event =
  (type: string, data: object): Frame =>
  (sequence_number) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...data })}\n\n`;

function script(reply: Reply, pieces: readonly string[]): Script {
  const { answer } = reply;
  const at = { item_id: itemId(reply), output_index: 0, content_index: 0 };
  const status = finalStatus(reply);
  const whole = part(answer, answer.text);
  const isText = answer.kind === 'text';
  const [delta, done] = isText
    ? (['response.output_text.delta', 'response.output_text.done'] as const)
    : (['response.refusal.delta', 'response.refusal.done'] as const);
  return {
    opening: ['response.created', 'response.in_progress'].map((type) =>
      event(type, { response: response(reply, 'in_progress') }),
    ),
    beginning: [
      event('response.output_item.added', { output_index: 0, item: item(reply, 'in_progress', []) }),
      event('response.content_part.added', { ...at, part: part(answer, '') }),
    ],
    pieces: pieces.map((piece) => event(delta, { ...at, delta: piece, ...(isText && { logprobs: [] }) })),
    closing: [
      event(done, { ...at, ...(isText ? { text: answer.text, logprobs: [] } : { refusal: answer.text }) }),
      event('response.content_part.done', { ...at, part: whole }),
      event('response.output_item.done', { output_index: 0, item: item(reply, status, [whole]) }),
      event(`response.${status}`, { response: response(reply, status) }),
    ],
    failure: [event('response.failed', { response: response(reply, 'failed') })],
  };
}

/** `POST /v1/responses` */
export const responses: Dialect = {
  read: (body) => {
    const { input, instructions, stream, max_output_tokens, metadata, text } = readAs(request, body);
    const format = text?.format ?? { type: 'text' };
    const messages = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
    return {
      isStreamed: stream ?? false,
      schema: schemaOf(format.type, format.schema),
      maxTokens: max_output_tokens ?? undefined,
      userTexts: messages.filter(({ role }) => role === 'user').map(({ content }) => content),
      inputText: [instructions, ...messages.map(({ content }) => content)].join('\n'),
      withUsage: true,
      echo: {
        instructions: instructions === '' ? null : instructions,
        max_output_tokens: max_output_tokens ?? null,
        metadata: { ...metadata, provider: MODEL, simulated: 'true' },
        text: { format },
      },
    };
  },
  whole: (reply) => response(reply, finalStatus(reply)),
  failed: (reply) => ({ status: 200, body: response(reply, 'failed') }),
  script,
};
