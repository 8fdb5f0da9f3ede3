import { z } from 'zod';
import { UnreadableAnswer, problemOf } from './agon-problem.ts';

/** The part of `fetch` that the client calls. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface HttpOptions {
  /** Where the gateway answers, such as `http://127.0.0.1:7600`. */
  readonly baseUrl: string;
  /** Needed where the gateway is set up with one. */
  readonly apiKey?: string | undefined;
  /** The global `fetch` if left out. */
  readonly fetch?: Fetch | undefined;
}

export interface WriteOptions {
  /**
   * 1 to 128 visible ASCII characters. A repeat under the same key stores nothing and has the same answer, so whoever
   * repeats after a lost connection chooses it. Random if left out.
   */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Random bits of a key: as many as those of a UUID. `crypto.randomUUID` is missing on pages without TLS. */
const KEY_BYTES = 16;

/** Requests to one gateway, whose answers are checked against their schemas. */
export class Http {
  private readonly baseUrl: string;
  private readonly apiKey: string | undefined;
  private readonly fetch: Fetch;

  constructor({ baseUrl, apiKey, fetch }: HttpOptions) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
    this.apiKey = apiKey;
    // Called as a plain function: a browser's fetch refuses any other `this` than the window.
    this.fetch = fetch ?? ((url, init) => globalThis.fetch(url, init));
  }

  /** @throws AgonProblem on a refusal, UnreadableAnswer, or what `fetch` throws when nobody can be reached */
  write<T>(
    method: 'POST' | 'PUT',
    path: string,
    body: unknown,
    schema: z.ZodType<T>,
    { idempotencyKey = randomKey(), signal }: WriteOptions = {},
  ): Promise<T> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
    return this.ask(path, { method, headers, body: JSON.stringify(body), ...signalled(signal) }, schema);
  }

  /** @param query without what is undefined. @throws as {@link write} does */
  read<T>(
    path: string,
    query: Readonly<Record<string, number | string | undefined>>,
    schema: z.ZodType<T>,
    options: ReadOptions = {},
  ) {
    const search = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    );
    const suffix = search.length === 0 ? '' : `?${search.join('&')}`;
    return this.ask(path + suffix, { method: 'GET', ...signalled(options.signal) }, schema);
  }

  /** The response itself, once its status says that it was accepted. @throws as {@link write} does */
  async open(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.apiKey !== undefined) headers.set('authorization', `Bearer ${this.apiKey}`);
    const response = await this.fetch(this.baseUrl + path, { ...init, headers });
    if (!response.ok) throw problemOf(response.status, await response.text());
    return response;
  }

  private async ask<T>(path: string, init: RequestInit, schema: z.ZodType<T>): Promise<T> {
    const response = await this.open(path, init);
    return fitting(await response.text(), schema, `${init.method} ${path}`);
  }
}

function fitting<T>(body: string, schema: z.ZodType<T>, of: string): T {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new UnreadableAnswer(`${of}: the answer is not JSON`);
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  throw new UnreadableAnswer(`${of}: ${z.prettifyError(checked.error)}`);
}

const signalled = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };

const randomKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(KEY_BYTES))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
