import { examples, type RefinementRequest, REFINEMENT_TASKS, taskOf } from '@agon/contracts';
import { z } from 'zod';
import { SimProcess } from '../../test/sim-process.ts';
import type { CallOptions, ModelFailure } from './model.ts';
import { type DialectName, OpenAiModel, type OpenAiModelOptions } from './openai-model.ts';
import { loadPrompts } from './prompts.ts';

const prompts = loadPrompts();
const request: RefinementRequest = examples.RefinementRequested;
const DIALECTS: DialectName[] = ['responses', 'chat'];

let sim: SimProcess;
beforeAll(async () => {
  sim = await SimProcess.start();
});
beforeEach(() => sim.reset());
afterAll(() => sim?.stop());

const model = (options: Partial<OpenAiModelOptions> = {}): OpenAiModel =>
  new OpenAiModel({
    provider: 'sim',
    name: 'llm-sim',
    baseUrl: `${sim.url}/v1`,
    dialect: 'responses',
    prompts,
    ...options,
  });

const options = (onText?: CallOptions['onText']): CallOptions => ({ signal: new AbortController().signal, onText });

/** A request of the task that is like the example. */
const requestFor = (task: RefinementRequest['task']): RefinementRequest => ({
  ...request,
  task,
  prompt: { id: task, version: taskOf(task).promptVersion },
  schema: { id: task, version: taskOf(task).schemaVersion },
});

async function failureOf(call: Promise<unknown>): Promise<Pick<ModelFailure, 'reason' | 'verdict'>> {
  return call.then(
    () => {
      throw new Error('it did not fail');
    },
    ({ reason, verdict }: ModelFailure) => ({ reason, verdict }),
  );
}

describe.each(DIALECTS)('in the dialect %s', (dialect) => {
  it.each(REFINEMENT_TASKS)('answers %s', async (task) => {
    const answer = await model({ dialect }).answer(requestFor(task), options());
    expect(taskOf(task).output.parse(answer.output)).toEqual(answer.output);
    expect(answer.output.basis).toBe(0);
    expect(answer.provenance).toEqual({
      provider: 'sim',
      model: 'llm-sim',
      responseId: expect.stringMatching(/^(resp_|chatcmpl-)/),
      promptId: task,
      promptVersion: 1,
      promptHash: prompts.get(task)?.hash,
      schemaId: task,
      schemaVersion: 1,
    });
    expect(answer.usage?.inputTokens).toBeGreaterThan(100);
    expect(answer.usage?.outputTokens).toBeGreaterThan(5);
    expect(answer.firstTokenMs).toBeLessThanOrEqual(answer.callMs);
    expect((await sim.lastEnded()).outcome).toBe('answered');
  });

  it('tells the text as it grows, up to the whole of it', async () => {
    const texts: string[] = [];
    const { output } = await model({ dialect }).answer(
      request,
      options((text) => texts.push(text)),
    );
    expect(texts.length).toBeGreaterThan(2);
    for (const [n, text] of texts.entries()) {
      expect(output.text).toEqual(expect.stringContaining(text));
      expect(text.length).toBeGreaterThan(texts[n - 1]?.length ?? 0);
    }
    expect(texts.at(-1)).toBe(output.text);
  });

  it.each([
    ['failing', 'provider_error', 'failure'],
    ['rate_limited', 'rate_limited', 'neutral'],
    ['quota', 'quota', 'broken'],
    ['unauthorized', 'unauthorized', 'broken'],
    ['malformed', 'schema_invalid', 'neutral'],
    ['wrong_schema', 'schema_invalid', 'neutral'],
    ['cut', 'cut', 'failure'],
    ['incomplete', 'incomplete', 'neutral'],
    ['refusal', 'refusal', 'neutral'],
    ['response_failed', 'provider_error', 'failure'],
  ])('takes %s for %s, which is %s', async (mode, reason, verdict) => {
    await sim.behave(mode);
    expect(await failureOf(model({ dialect }).answer(request, options()))).toEqual({ reason, verdict });
    expect(await sim.calls()).toHaveLength(1);
  });

  it.each(['unknown_ids', 'stale_basis', 'other_npc'])('leaves %s to whoever asked', async (mode) => {
    await sim.behave(mode);
    const { output } = await model({ dialect }).answer(request, options());
    expect(taskOf(request.task).output.parse(output)).toEqual(output);
  });

  it('gives up an answer that stops coming', async () => {
    await sim.behave('stalled');
    const failed = await failureOf(model({ dialect, idleMs: 100 }).answer(request, options()));
    expect(failed).toEqual({ reason: 'stalled', verdict: 'failure' });
    expect((await sim.lastEnded()).outcome).toBe('aborted');
  });

  it('gives up an answer that does not begin', async () => {
    await sim.behave('slow');
    const failed = await failureOf(model({ dialect, firstTokenMs: 100 }).answer(request, options()));
    expect(failed).toEqual({ reason: 'stalled', verdict: 'failure' });
    expect((await sim.lastEnded()).outcome).toBe('aborted');
  });

  it.each(['slow', 'stalled'])(
    'ends at once at the deadline while it is %s, with the reason of the signal',
    async (mode) => {
      await sim.behave(mode);
      const deadline = new AbortController();
      const begun = Promise.withResolvers<void>();
      const call = model({ dialect }).answer(request, { signal: deadline.signal, onText: () => begun.resolve() });
      call.catch(() => undefined);
      while ((await sim.calls()).length === 0);
      if (mode === 'stalled') await begun.promise;
      const reason = new Error('the deadline');
      const start = performance.now();
      deadline.abort(reason);
      await expect(call).rejects.toBe(reason);
      expect((await sim.lastEnded()).outcome).toBe('aborted');
      expect(performance.now() - start).toBeLessThan(1000);
    },
  );

  it('sends the prompt, the facts and the schema, and nothing that names the player', async () => {
    await model({ dialect, apiKey: 'secret' }).answer(request, options());
    const { request: sent, path } = await sim.lastEnded();
    const body = z.record(z.string(), z.unknown()).parse(sent);
    expect(path).toBe(dialect === 'responses' ? '/v1/responses' : '/v1/chat/completions');
    const known = {
      responses: ['input', 'instructions', 'max_output_tokens', 'model', 'store', 'stream', 'text'],
      chat: ['max_tokens', 'messages', 'model', 'response_format', 'stream', 'stream_options'],
    };
    expect(Object.keys(body).sort()).toEqual(known[dialect]);
    expect(body.max_output_tokens ?? body.max_tokens).toBe(request.budget.maxOutputTokens);
  });
});

it('asks for the least effort where a model thinks before it writes', async () => {
  await model({ name: 'gpt-5-mini' }).answer(request, options());
  expect((await sim.lastEnded()).request).toMatchObject({ reasoning: { effort: 'minimal' } });
  await model({ name: 'gpt-5-mini', dialect: 'chat' }).answer(request, options());
  expect((await sim.lastEnded()).request).toMatchObject({ reasoning_effort: 'minimal', max_completion_tokens: 300 });
});

it('draws another nonce for each call', async () => {
  for (let n = 0; n < 2; n += 1) await model().answer(request, options());
  const [first, second] = (await sim.calls()).map((call) => JSON.stringify(call.request));
  expect(first).not.toBe(second);
});

it('asks for nothing after the deadline', async () => {
  const reason = new Error('the deadline');
  await expect(model().answer(request, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(await sim.calls()).toHaveLength(0);
});

it('tells no text of a task that writes none', async () => {
  const texts: string[] = [];
  await model().answer(
    requestFor('flow.init'),
    options((text) => texts.push(text)),
  );
  expect(texts).toEqual([]);
});

it.each([{ prompt: { id: request.task, version: 2 } }, { schema: { id: request.task, version: 2 } }])(
  'does not ask with %j, which it does not know',
  async (change) => {
    const failed = await failureOf(model().answer({ ...request, ...change }, options()));
    expect(failed).toEqual({ reason: 'bad_request', verdict: 'neutral' });
  },
);

it('takes a server that is not there for a failure', async () => {
  const gone = await SimProcess.start();
  await gone.stop();
  const failed = await failureOf(model({ baseUrl: `${gone.url}/v1` }).answer(request, options()));
  expect(failed).toEqual({ reason: 'provider_error', verdict: 'failure' });
});
