import { startSim, type Sim } from '../src/start-sim.ts';
import { chatAsk, post, responsesAsk, said } from './asking.ts';

let sim: Sim;
beforeAll(async () => {
  sim = await startSim({ scenario: { medianMs: 20 }, slowMs: 150 });
});
afterAll(() => sim.close());

const respond = (mode: string, change: object = {}) =>
  post(`${sim.url}/v1/responses`, { body: { ...responsesAsk, ...change }, mode });
const chat = (mode: string, change: object = {}) =>
  post(`${sim.url}/v1/chat/completions`, { body: { ...chatAsk, ...change }, mode });
const textOf = async (response: Response): Promise<string> => (await said(response)).output[0].content[0].text;

describe('a whole answer', () => {
  it('is an instance of the schema, with its usage', async () => {
    const answer = await said(respond('healthy'));
    expect(answer).toMatchObject({ object: 'response', status: 'completed', model: 'llm-sim', error: null });
    const { text } = answer.output[0].content[0];
    expect(JSON.parse(text)).toMatchObject({ basis: 4, npcId: '11', emotionalResponse: 'angry', mentions: ['11'] });
    expect(answer.usage).toMatchObject({
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: Math.ceil(text.length / 4),
      output_tokens_details: { reasoning_tokens: 0 },
    });
  });

  it('repeats for the same request', async () => {
    expect(await textOf(await respond('healthy'))).toBe(await textOf(await respond('healthy')));
  });

  it('reads a plain string and gives plain text', async () => {
    const text = await textOf(await respond('healthy', { input: 'Who is there?', text: undefined }));
    expect(text).toMatch(/^[A-Z].*\.$/);
  });

  it('comes from chat completions too', async () => {
    const answer = await said(chat('healthy'));
    expect(answer).toMatchObject({
      object: 'chat.completion',
      model: 'llm-sim',
      usage: { prompt_tokens: expect.any(Number) },
    });
    expect(JSON.parse(answer.choices[0].message.content)).toMatchObject({ npcId: '11', mentions: ['11'] });
    expect(answer.choices[0].finish_reason).toBe('stop');
  });

  it('ends at the most tokens that are asked for', async () => {
    const answer = await said(respond('healthy', { max_output_tokens: 4 }));
    expect(answer).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
    expect(answer.output[0].content[0].text).toHaveLength(16);
    const completion = await said(chat('healthy', { max_completion_tokens: 4 }));
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'length' });
  });
});

describe('a mode', () => {
  it.each([
    ['failing', 500, 'server_error', null],
    ['rate_limited', 429, 'rate_limit_exceeded', '1'],
    ['quota', 429, 'insufficient_quota', null],
    ['unauthorized', 401, 'invalid_api_key', null],
  ])('refuses: %s', async (mode, status, code, retryAfter) => {
    for (const response of [await respond(mode, { stream: true }), await chat(mode)]) {
      expect(response.status).toBe(status);
      expect(response.headers.get('retry-after')).toBe(retryAfter);
      expect((await said(response)).error).toMatchObject({ code, message: expect.any(String), param: null });
    }
  });

  it('spoils the text', async () => {
    const malformed = await textOf(await respond('malformed'));
    expect(() => JSON.parse(malformed)).toThrow(SyntaxError);
    expect(JSON.parse(await textOf(await respond('wrong_schema')))).not.toHaveProperty('basis');
    expect(JSON.parse(await textOf(await respond('unknown_ids')))).toMatchObject({ mentions: ['11', 'nobody'] });
    expect(JSON.parse(await textOf(await respond('stale_basis')))).toMatchObject({ basis: 5 });
    expect(JSON.parse(await textOf(await respond('other_npc')))).toMatchObject({ npcId: '13' });
  });

  it('ends the answer otherwise', async () => {
    expect(await said(respond('incomplete'))).toMatchObject({ status: 'incomplete' });
    expect(await said(respond('response_failed'))).toMatchObject({ status: 'failed', output: [] });
    expect((await chat('response_failed')).status).toBe(500);
    expect((await said(respond('refusal'))).output[0].content[0]).toMatchObject({ type: 'refusal' });
    expect((await said(chat('refusal'))).choices[0].message).toMatchObject({ content: null });
    await expect((await respond('cut')).text()).rejects.toThrow();
  });

  it('keeps silent at first', async () => {
    const start = performance.now();
    expect((await respond('slow')).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(145);
  });
});

describe('a request that is wrong', () => {
  it.each([
    ['no JSON', '{', null],
    ['no model', { input: 'a' }, 'model'],
    ['no input', { model: 'a' }, 'input'],
    [
      'a schema with a reference',
      { model: 'a', input: 'a', text: { format: { type: 'json_schema', schema: { $ref: '#' } } } },
      'text.format.schema.$ref',
    ],
  ])('is refused: %s', async (_, body, param) => {
    const response = await post(`${sim.url}/v1/responses`, { body });
    expect(response.status).toBe(400);
    expect((await said(response)).error).toMatchObject({ type: 'invalid_request_error', param });
  });

  it('is refused when it names an unknown mode', async () => {
    const response = await respond('sleepy');
    expect(response.status).toBe(400);
    expect((await said(response)).error.message).toContain('healthy, slow, stalled');
  });

  it('is refused where nothing is', async () => {
    expect((await post(`${sim.url}/v1/images`, { body: {} })).status).toBe(404);
  });
});
