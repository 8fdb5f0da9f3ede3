import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { Ask, Dialect, Step } from './dialect.ts';
import { ModelFailure } from './model.ts';
import { leastEffort } from './reasoning-effort.ts';
import { usageOf } from './usage.ts';

/** Chat completions, which every local server understands. */
export const chatDialect: Dialect = async function* (client, ask, signal) {
  const stream = await client.chat.completions.create(
    {
      model: ask.model,
      messages: [
        { role: 'system', content: ask.instructions },
        { role: 'user', content: ask.input },
      ],
      response_format: { type: 'json_schema', json_schema: { strict: true, ...ask.schema } },
      ...limits(ask),
      stream: true,
      stream_options: { include_usage: true },
    },
    { signal },
  );
  for await (const chunk of stream) yield step(chunk);
};

/** OpenAI's thinking models refuse `max_tokens`; many a local server knows only that. */
function limits({ model, maxOutputTokens }: Ask) {
  const effort = leastEffort(model);
  return effort === undefined
    ? { max_tokens: maxOutputTokens }
    : { max_completion_tokens: maxOutputTokens, reasoning_effort: effort };
}

function step({ id, choices, usage }: ChatCompletionChunk): Step {
  // Not every server sends all that the API promises.
  const choice = choices?.[0];
  if (choice?.delta?.refusal || choice?.finish_reason === 'content_filter')
    throw new ModelFailure('refusal', 'neutral', 'the model refuses');
  if (choice?.finish_reason === 'length')
    throw new ModelFailure('incomplete', 'neutral', 'incomplete: max_output_tokens');
  return {
    text: choice?.delta?.content ?? undefined,
    responseId: typeof id === 'string' ? id : undefined,
    usage: usageOf(usage?.prompt_tokens, usage?.completion_tokens),
    isWhole: typeof choice?.finish_reason === 'string',
  };
}
