import type { Fetch } from '@agon/client';

/** A `fetch` that takes the time of each call. One call at a time. */
export class Stopwatch {
  /** Of the newest call, from sending it to the last byte of its answer; in milliseconds. */
  ms = 0;
  private readonly signal: AbortSignal;

  /** @param signal ends the call that is under way */
  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  readonly fetch: Fetch = async (url, init) => {
    const sent = performance.now();
    const response = await fetch(url, { ...init, signal: this.signal });
    const body = await response.arrayBuffer();
    this.ms = performance.now() - sent;
    const { status, headers } = response;
    return new Response(body, { status, headers });
  };
}
