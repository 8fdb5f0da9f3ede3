import type { Response } from 'openai/resources/responses/responses';
import type { Dialect, Step } from './dialect.ts';
import { ModelFailure } from './model.ts';
import { toldFailure } from './provider-failure.ts';
import { leastEffort } from './reasoning-effort.ts';
import { usageOf } from './usage.ts';

/** The Responses API, which OpenAI prefers. Nothing is stored at the provider. */
export const responsesDialect: Dialect = async function* (client, ask, signal) {
  const effort = leastEffort(ask.model);
  const stream = await client.responses.create(
    {
      model: ask.model,
      instructions: ask.instructions,
      input: [{ role: 'user', content: ask.input }],
      text: { format: { type: 'json_schema', strict: true, ...ask.schema } },
      max_output_tokens: ask.maxOutputTokens,
      ...(effort === undefined ? {} : { reasoning: { effort } }),
      store: false,
      stream: true,
    },
    { signal },
  );
  let hasText = false;
  for await (const event of stream) {
    switch (event.type) {
      case 'response.output_text.delta':
        hasText ||= event.delta !== '';
        yield { text: event.delta };
        break;
      case 'response.refusal.delta':
      case 'response.refusal.done':
        throw new ModelFailure('refusal', 'neutral', 'the model refuses');
      case 'response.completed':
        yield completed(event.response, hasText);
        break;
      case 'response.incomplete':
        throw incomplete(event.response);
      case 'response.failed':
        throw toldFailure(event.response.error?.code, event.response.error?.message ?? 'the response has failed');
      case 'error':
        throw toldFailure(event.code, event.message);
      default:
        yield {};
    }
  }
};

/** A server that wrote no pieces has its text here alone. */
function completed({ id, output, usage }: Response, hasText: boolean): Step {
  // Not every server sends all that the API promises.
  const parts = (output ?? []).flatMap((item) => (item.type === 'message' ? item.content : []));
  if (parts.some(({ type }) => type === 'refusal')) throw new ModelFailure('refusal', 'neutral', 'the model refuses');
  const text = parts.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
  return {
    ...(hasText ? {} : { text }),
    responseId: typeof id === 'string' ? id : undefined,
    usage: usageOf(usage?.input_tokens, usage?.output_tokens),
    isWhole: true,
  };
}

function incomplete({ incomplete_details }: Response): ModelFailure {
  const reason = incomplete_details?.reason ?? 'for no reason told';
  return new ModelFailure(reason === 'content_filter' ? 'refusal' : 'incomplete', 'neutral', `incomplete: ${reason}`);
}
