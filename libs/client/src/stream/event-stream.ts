import { createParser } from 'eventsource-parser';

/** One message of a `text/event-stream`, as WHATWG HTML 9.2 defines it. */
export interface ServerSentEvent {
  readonly type: string;
  readonly id: string;
  readonly data: string;
}

/** What a stream holds: messages, and how long its server wants clients to wait before they connect again, in ms. */
export type StreamPart = ServerSentEvent | { readonly retryMs: number };

/**
 * Reads the parts of a response's body until it ends.
 * @param heard called whenever bytes arrive, comments included
 */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
  heard: () => void,
): AsyncGenerator<StreamPart> {
  const parts: StreamPart[] = [];
  const parser = createParser({
    onEvent: ({ event = 'message', id = '', data }) => parts.push({ type: event, id, data }),
    onRetry: (retryMs) => parts.push({ retryMs }),
  });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      parser.feed(decoder.decode(value, { stream: true }));
      yield* parts.splice(0);
    }
  } finally {
    // Whoever leaves early closes the connection; a body that has failed has nothing left to cancel.
    await reader.cancel().catch(() => undefined);
  }
}
