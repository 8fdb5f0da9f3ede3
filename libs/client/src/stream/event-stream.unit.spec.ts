import * as fc from 'fast-check';
import { EventStreamParser, type StreamPart, readEventStream } from './event-stream.ts';

const parse = (...chunks: string[]): StreamPart[] => {
  const parser = new EventStreamParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
};

describe('EventStreamParser', () => {
  it.each([
    ['an event', 'id: 7\nevent: Beat\ndata: {}\n\n', [{ type: 'Beat', id: '7', data: '{}' }]],
    ['a default type', 'data: x\n\n', [{ type: 'message', id: '', data: 'x' }]],
    ['several lines of data', 'data: a\ndata:b\n\n', [{ type: 'message', id: '', data: 'a\nb' }]],
    [
      'an id that stays',
      'id: 7\ndata: a\n\ndata: b\n\n',
      [
        { type: 'message', id: '7', data: 'a' },
        { type: 'message', id: '7', data: 'b' },
      ],
    ],
    ['a comment', ': \n\n: hello\n', []],
    ['a block without data', 'event: Beat\nid: 9\n\n', []],
    ['a wait', 'retry: 2000\n\n', [{ retryMs: 2000 }]],
    ['a wait that is no number', 'retry: soon\n\n', []],
    ['a byte order mark', '\uFEFFdata: x\n\n', [{ type: 'message', id: '', data: 'x' }]],
    ['an unfinished block', 'data: x\n', []],
    ['an id with a null', 'id: a\0b\ndata: x\n\n', [{ type: 'message', id: '', data: 'x' }]],
    ['a field without a value', 'data\n\n', [{ type: 'message', id: '', data: '' }]],
    [
      'carriage returns',
      'data: a\r\rdata: b\r\n\r\n',
      [
        { type: 'message', id: '', data: 'a' },
        { type: 'message', id: '', data: 'b' },
      ],
    ],
  ])('reads %s', (_name, text, expected) => {
    // What ends with a carriage return waits for the next character, so one more line follows.
    expect(parse(text, ':\n')).toEqual(expected);
  });
});

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
