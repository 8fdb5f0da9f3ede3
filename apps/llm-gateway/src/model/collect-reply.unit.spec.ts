import { jest } from '@jest/globals';
import { collectReply } from './collect-reply.ts';
import type { Step } from './dialect.ts';
import { Watch } from './watch.ts';

let watch: Watch;
beforeEach(() => {
  jest.useFakeTimers();
  watch = new Watch();
});
afterEach(() => {
  watch.stop();
  jest.useRealTimers();
});

/** A stream that ends as the client's does: without an error when it is aborted. */
async function* stream(...events: (Step | number | Error)[]): AsyncGenerator<Step> {
  for (const event of events) {
    if (typeof event === 'number') jest.advanceTimersByTime(event);
    else if (event instanceof Error) throw event;
    else yield event;
    if (watch.signal.aborted) return;
  }
}

const collect = (...events: (Step | number | Error)[]) => {
  watch.allow(1000);
  return collectReply(stream(...events), { watch, idleMs: 100, signal: watch.signal });
};

it('joins the pieces, and keeps what was told beside them', async () => {
  const usage = { inputTokens: 4, outputTokens: 2 };
  const reply = collect({ responseId: 'a' }, 30, { text: 'x' }, { text: 'y' }, { isWhole: true }, { usage });
  expect(await reply).toEqual({ text: 'xy', responseId: 'a', usage, firstTokenMs: 30 });
});

it('knows no first token where no text came', async () => {
  expect(await collect(5, { isWhole: true })).toMatchObject({ text: '', firstTokenMs: null });
});

it('lets a model think before its first word, and be heard of meanwhile', async () => {
  expect(await collect({}, 900, { text: 'x' }, 99, { isWhole: true })).toMatchObject({ text: 'x' });
});

it.each([
  ['before its first word', [{}, 600, {}, 400]],
  ['after it', [{ text: 'x' }, 99, {}, 100]],
])('gives up a model that falls silent %s', async (_, events) => {
  await expect(collect(...events)).rejects.toMatchObject({ reason: 'stalled', verdict: 'failure' });
});

it('holds a stream that ends early for cut', async () => {
  await expect(collect({ text: 'x' })).rejects.toMatchObject({ reason: 'cut', verdict: 'failure' });
});

it('throws what the stream throws', async () => {
  await expect(collect({ text: 'x' }, new TypeError('terminated'))).rejects.toThrow('terminated');
});

it.each([
  ['is broken off', [new TypeError('terminated')]],
  ['does not end', [60_000]],
])('takes an answer that is whole, though the stream %s', async (_, after) => {
  expect(await collect({ text: 'x' }, { isWhole: true }, ...after)).toMatchObject({ text: 'x' });
});

it('reads no answer without end', async () => {
  const long = Array.from({ length: 21 }, () => ({ text: 'x'.repeat(1000) }));
  await expect(collect(...long)).rejects.toMatchObject({ reason: 'schema_invalid', verdict: 'neutral' });
});
