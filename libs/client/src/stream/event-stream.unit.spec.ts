import * as fc from 'fast-check';
import { type StreamPart, readEventStream } from './event-stream.ts';

const bodyOf = (chunks: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

async function collect(chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<StreamPart[]> {
  const parts: StreamPart[] = [];
  for await (const part of readEventStream(bodyOf(chunks), () => undefined)) parts.push(part);
  return parts;
}

describe('readEventStream', () => {
  it('reads the same however the bytes are cut', async () => {
    const text =
      'retry: 5\r\n\r\nid: 1\nevent: é\ndata: {"text":"“Go on”"}\n\n: \n\nid: 2\r\ndata: 漢\r\ndata: x\r\n\r\n';
    const bytes = new TextEncoder().encode(text);
    const whole = await collect([bytes]);
    expect(whole).toHaveLength(3);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 12 }), async (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((end, at) => bytes.slice(edges[at], end));
        expect(await collect(chunks)).toEqual(whole);
      }),
    );
  });

  it('tells of bytes that are no message', async () => {
    let heard = 0;
    const body = bodyOf([new TextEncoder().encode(': \n\n')]);
    for await (const _ of readEventStream(body, () => (heard += 1))) throw new Error('no part expected');
    expect(heard).toBe(1);
  });

  it('closes the connection when its reader leaves', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('data: x\n\n')),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const _ of readEventStream(body, () => undefined)) break;
    expect(cancelled).toBe(true);
  });
});
