import { startSim, type Sim } from '../src/start-sim.ts';
import { chatAsk, eventsOf, facts, post, responsesAsk } from './asking.ts';

let sim: Sim;
beforeAll(async () => {
  sim = await startSim({ scenario: { medianMs: 40 }, slowMs: 100 });
});
afterAll(() => sim.close());

const BEGINNING = [
  'response.created',
  'response.in_progress',
  'response.output_item.added',
  'response.content_part.added',
];
const TERMINAL = ['response.completed', 'response.incomplete', 'response.failed'];

async function responsesStream(mode: string) {
  const response = await post(`${sim.url}/v1/responses`, { body: { ...responsesAsk, stream: true }, mode });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const { events, broken } = await eventsOf(response);
  const data = events.map((event) => JSON.parse(event.data));
  // Of every stream, whatever its mode.
  expect(data.map(({ type }) => type)).toEqual(events.map(({ event }) => event));
  expect(data.map(({ sequence_number }) => sequence_number)).toEqual(data.map((_, n) => n));
  const types = data.map((event) => String(event.type));
  const deltas = data.filter(({ type }) => String(type).endsWith('.delta'));
  return {
    broken,
    data,
    /** Without repetitions. */
    order: types.filter((type, n) => type !== types[n - 1]),
    terminal: types.filter((type) => TERMINAL.includes(type)),
    deltas: deltas.length,
    text: deltas.map(({ delta }) => String(delta)).join(''),
  };
}

describe('a stream of /v1/responses', () => {
  it.each(['healthy', 'malformed', 'wrong_schema', 'unknown_ids', 'stale_basis', 'other_npc', 'slow'])(
    'has its events in order, and ends once: %s',
    async (mode) => {
      const { order, terminal, data, deltas, text, broken } = await responsesStream(mode);
      expect(order).toEqual([
        ...BEGINNING,
        'response.output_text.delta',
        'response.output_text.done',
        'response.content_part.done',
        'response.output_item.done',
        'response.completed',
      ]);
      expect(terminal).toEqual(['response.completed']);
      expect(deltas).toBeGreaterThanOrEqual(8);
      expect(deltas).toBeLessThanOrEqual(12);
      expect(broken).toBe(false);
      expect(data[0].response).toMatchObject({ model: 'llm-sim', status: 'in_progress', output: [] });
      const { response } = data.at(-1);
      expect(response).toMatchObject({ status: 'completed', metadata: { simulated: 'true' } });
      expect(response.output[0].content[0].text).toBe(text);
      expect(response.usage.output_tokens).toBe(Math.ceil(text.length / 4));
    },
  );

  it('ends as incomplete', async () => {
    const { order, terminal, data } = await responsesStream('incomplete');
    expect(order.at(-2)).toBe('response.output_item.done');
    expect(terminal).toEqual(['response.incomplete']);
    expect(data.at(-1).response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    });
  });

  it('fails in the middle', async () => {
    const { order, terminal, data } = await responsesStream('response_failed');
    expect(order).toEqual([...BEGINNING, 'response.output_text.delta', 'response.failed']);
    expect(terminal).toEqual(['response.failed']);
    expect(data.at(-1).response).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
  });

  it('refuses', async () => {
    const { order, data, text } = await responsesStream('refusal');
    expect(order).toEqual([
      ...BEGINNING,
      'response.refusal.delta',
      'response.refusal.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(data.at(-1).response.output[0].content).toEqual([{ type: 'refusal', refusal: text }]);
  });

  it('is cut off before its end', async () => {
    const { order, terminal, broken } = await responsesStream('cut');
    expect(order).toEqual([...BEGINNING, 'response.output_text.delta']);
    expect(terminal).toEqual([]);
    expect(broken).toBe(true);
  });
});

async function chatStream(body: object, mode = 'healthy') {
  const response = await post(`${sim.url}/v1/chat/completions`, {
    body: { ...chatAsk, ...body, stream: true },
    mode,
  });
  const { events, broken } = await eventsOf(response);
  const isDone = events.at(-1)?.data === '[DONE]';
  const chunks = events.slice(0, isDone ? -1 : undefined).map(({ data }) => JSON.parse(data));
  const deltas = chunks.flatMap(({ choices }) => choices?.[0]?.delta ?? []);
  return { chunks, isDone, broken, text: deltas.map(({ content }) => content ?? '').join(''), deltas };
}

describe('a stream of /v1/chat/completions', () => {
  it('ends with the usage when asked for it, and with [DONE]', async () => {
    const { chunks, isDone, text } = await chatStream({ stream_options: { include_usage: true } });
    expect(isDone).toBe(true);
    expect(chunks[0].choices[0].delta).toEqual({ role: 'assistant', content: '' });
    expect(JSON.parse(text)).toMatchObject({ basis: 4, npcId: '11', mentions: ['11'] });
    expect(chunks.at(-2).choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: Math.ceil(text.length / 4) } });
    for (const chunk of chunks) expect(chunk).toMatchObject({ object: 'chat.completion.chunk', model: 'llm-sim' });
  });

  it('has no usage when not asked for it', async () => {
    const { chunks, isDone } = await chatStream({});
    expect(isDone).toBe(true);
    expect(chunks.at(-1).choices[0].finish_reason).toBe('stop');
    expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false);
  });

  it('says that it is incomplete, refuses, fails or breaks off', async () => {
    expect((await chatStream({}, 'incomplete')).chunks.at(-1).choices[0].finish_reason).toBe('length');
    expect((await chatStream({}, 'refusal')).deltas.map(({ refusal }) => refusal ?? '').join('')).toContain('declines');
    expect(await chatStream({}, 'response_failed')).toMatchObject({ isDone: false, broken: false });
    expect((await chatStream({}, 'response_failed')).chunks.at(-1).error.code).toBe('server_error');
    expect(await chatStream({}, 'cut')).toMatchObject({ isDone: false, broken: true });
  });
});

it('brings the facts into streamed answers', async () => {
  expect(JSON.parse((await responsesStream('healthy')).text)).toMatchObject({ basis: facts.basis, npcId: '11' });
  expect(JSON.parse((await responsesStream('other_npc')).text)).toMatchObject({ npcId: '13' });
});
