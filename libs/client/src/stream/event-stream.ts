/** One message of a `text/event-stream`, as WHATWG HTML 9.2 defines it. */
export interface ServerSentEvent {
  readonly type: string;
  readonly id: string;
  readonly data: string;
}

/** What a stream holds: messages, and how long its server wants clients to wait before they connect again, in ms. */
export type StreamPart = ServerSentEvent | { readonly retryMs: number };

/** Takes an event stream apart, in whatever pieces it comes. */
export class EventStreamParser {
  private rest = '';
  private started = false;
  private id = '';
  private type = '';
  private data: string[] = [];

  /** The parts that the text completes. */
  push(text: string): StreamPart[] {
    let pending = this.rest + text;
    if (!this.started && pending !== '') {
      this.started = true;
      // A byte order mark may stand first.
      pending = pending.replace(/^\uFEFF/, '');
    }
    // A carriage return at the end may be the first half of a line's end.
    const complete = pending.endsWith('\r') ? pending.slice(0, -1) : pending;
    const lines = complete.split(/\r\n|\n|\r/);
    this.rest = (lines.pop() ?? '') + pending.slice(complete.length);
    return lines.flatMap((line) => this.take(line) ?? []);
  }

  private take(line: string): StreamPart | undefined {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.data.push(value);
    if (field === 'event') this.type = value;
    if (field === 'id' && !value.includes('\0')) this.id = value;
    if (field === 'retry' && /^\d+$/.test(value)) return { retryMs: Number(value) };
    return undefined;
  }

  private dispatch(): ServerSentEvent | undefined {
    const { type, data, id } = this;
    this.type = '';
    this.data = [];
    return data.length === 0 ? undefined : { type: type === '' ? 'message' : type, id, data: data.join('\n') };
  }
}

/**
 * Reads the parts of a response's body until it ends.
 * @param heard called whenever bytes arrive, comments included
 */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
  heard: () => void,
): AsyncGenerator<StreamPart> {
  const reader = body.getReader();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parser = new EventStreamParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    // Whoever leaves early closes the connection; a body that has failed has nothing left to cancel.
    await reader.cancel().catch(() => undefined);
  }
}
