/** What the tests ask, and how they read the answers. */

export const facts = {
  task: 'stakeholder.reaction',
  basis: 4,
  npcId: '11',
  candidates: { 11: 'Maren Holt' },
  others: { 13: 'Ilse Brandt' },
  current: { text: 'Maren Holt answers point by point.', emotionalResponse: 'angry' },
};

const schema = {
  type: 'object',
  properties: {
    basis: { type: 'integer' },
    npcId: { type: 'string' },
    text: { type: 'string' },
    emotionalResponse: { enum: ['angry', 'calm'] },
    mentions: { type: 'array', items: { type: 'string' } },
  },
  required: ['basis', 'npcId', 'text', 'emotionalResponse', 'mentions'],
  additionalProperties: false,
};

const prompt = `What happens?\n${JSON.stringify(facts)}\nAnswer in one sentence.`;

export const responsesAsk = {
  model: 'any',
  instructions: 'Tell what happens.',
  input: [{ role: 'user', content: [{ type: 'input_text', text: prompt }] }],
  text: { format: { type: 'json_schema', name: 'reaction', schema, strict: true } },
};

export const chatAsk = {
  model: 'any',
  messages: [
    { role: 'system', content: 'Tell what happens.' },
    { role: 'user', content: prompt },
  ],
  response_format: { type: 'json_schema', json_schema: { name: 'reaction', schema, strict: true } },
};

export interface Asking {
  readonly body: unknown;
  readonly mode?: string;
  readonly signal?: AbortSignal;
}

/** Posts to one of the simulator's paths. */
export const post = (url: string, { body, mode, signal }: Asking): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(mode !== undefined && { 'x-sim-scenario': mode }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal !== undefined && { signal }),
  });

/** What an answer says as JSON. */
export const said = async (response: Response | Promise<Response>) => JSON.parse(await (await response).text());

export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
}

const field = (block: string, name: string): string | undefined =>
  block.split('\n').flatMap((line) => (line.startsWith(`${name}: `) ? [line.slice(name.length + 2)] : []))[0];

/** The events of a stream, as far as it gets; `broken` when it ended with its connection. */
export async function eventsOf(response: Response): Promise<{ events: SseEvent[]; broken: boolean }> {
  let text = '';
  let broken = false;
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
  } catch {
    broken = true;
  }
  const blocks = text.split('\n\n').filter((block) => block !== '' && !block.startsWith(':'));
  return {
    events: blocks.map((block) => ({ event: field(block, 'event'), data: field(block, 'data') ?? '' })),
    broken,
  };
}
