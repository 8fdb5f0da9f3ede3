import { randomBytes } from 'node:crypto';
import { type RefinementRequest, taskOf } from '@agon/contracts';
import OpenAI from 'openai';
import { answerSchema } from './answer-schema.ts';
import { chatDialect } from './chat-dialect.ts';
import { collectReply, type Reply } from './collect-reply.ts';
import type { Dialect } from './dialect.ts';
import { tellGrowth } from './draft-text.ts';
import { type CallOptions, type Model, type ModelAnswer, ModelFailure } from './model.ts';
import type { Prompt, Prompts } from './prompts.ts';
import { providerFailure } from './provider-failure.ts';
import { readAnswer } from './read-answer.ts';
import { render } from './render.ts';
import { responsesDialect } from './responses-dialect.ts';
import { Watch } from './watch.ts';

const dialects = { responses: responsesDialect, chat: chatDialect } as const satisfies Record<string, Dialect>;
export type DialectName = keyof typeof dialects;

export interface OpenAiModelOptions {
  readonly provider: string;
  /** As the provider names it. */
  readonly name: string;
  /** Such as `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** Local servers need none. */
  readonly apiKey?: string | undefined;
  readonly dialect: DialectName;
  readonly prompts: Prompts;
  /** Milliseconds without an event, once the text has begun, after which a call is given up. */
  readonly idleMs?: number;
  /** Milliseconds to the first piece of text. A local server may have to load its model first. */
  readonly firstTokenMs?: number;
}

/** The client refuses an empty key. */
const NO_KEY = 'not-needed';

/** A model behind an API like OpenAI's: at OpenAI, on this machine, or simulated. */
export class OpenAiModel implements Model {
  readonly provider: string;
  readonly name: string;
  private readonly dialect: Dialect;
  private readonly prompts: Prompts;
  private readonly idleMs: number;
  private readonly firstTokenMs: number;
  private readonly client: OpenAI;

  constructor(options: OpenAiModelOptions) {
    const {
      provider,
      name,
      baseUrl,
      apiKey = NO_KEY,
      dialect,
      prompts,
      idleMs = 5000,
      firstTokenMs = 60_000,
    } = options;
    this.provider = provider;
    this.name = name;
    this.dialect = dialects[dialect];
    this.prompts = prompts;
    this.idleMs = idleMs;
    this.firstTokenMs = firstTokenMs;
    // Keys and accounts come from our configuration alone, and the client logs nothing: its lines can hold prompts.
    this.client = new OpenAI({
      baseURL: baseUrl,
      apiKey,
      adminAPIKey: null,
      organization: null,
      project: null,
      maxRetries: 0,
      logLevel: 'off',
    });
  }

  async answer(request: RefinementRequest, { signal: outside, onText }: CallOptions): Promise<ModelAnswer> {
    outside.throwIfAborted();
    const prompt = this.promptFor(request);
    const watch = new Watch();
    const signal = AbortSignal.any([outside, watch.signal]);
    const start = performance.now();
    watch.allow(this.firstTokenMs);
    const onPiece = onText !== undefined && writesText(request) ? tellGrowth(onText) : undefined;
    try {
      const steps = this.dialect(this.client, this.ask(request, prompt), signal);
      const reply = await collectReply(steps, { watch, idleMs: this.idleMs, signal, onPiece });
      return {
        output: readAnswer(request.task, reply.text),
        provenance: this.provenance(request, prompt, reply),
        usage: reply.usage,
        firstTokenMs: reply.firstTokenMs,
        callMs: Math.round(performance.now() - start),
      };
    } catch (error) {
      // Whoever ended the call knows why; the client only knows that it ended.
      if (!(error instanceof ModelFailure)) signal.throwIfAborted();
      throw providerFailure(error);
    } finally {
      watch.stop();
    }
  }

  /** @throws ModelFailure `bad_request` when the request is of another version of this software */
  private promptFor({ task, prompt, schema }: RefinementRequest): Prompt {
    const known = this.prompts.get(task);
    if (known?.version === prompt.version && schema.version === taskOf(task).schemaVersion) return known;
    const asked = `prompt ${prompt.version} and schema ${schema.version} of ${task}`;
    throw new ModelFailure('bad_request', 'neutral', `${asked} are not known here`);
  }

  private ask(request: RefinementRequest, prompt: Prompt) {
    return {
      ...render(request, prompt, randomBytes(12).toString('hex')),
      model: this.name,
      schema: answerSchema(request.task),
      maxOutputTokens: request.budget.maxOutputTokens,
    };
  }

  private provenance(request: RefinementRequest, prompt: Prompt, { responseId }: Reply): ModelAnswer['provenance'] {
    return {
      provider: this.provider,
      model: this.name,
      responseId,
      promptId: prompt.id,
      promptVersion: prompt.version,
      promptHash: prompt.hash,
      schemaId: request.schema.id,
      schemaVersion: request.schema.version,
    };
  }
}

const writesText = ({ task }: RefinementRequest): boolean => 'text' in taskOf(task).output.shape;
