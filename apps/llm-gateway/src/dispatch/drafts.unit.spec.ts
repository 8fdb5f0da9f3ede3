import type { RefinementDelta } from '@agon/contracts';
import { jest } from '@jest/globals';
import { newStory, requestOf } from '../../test/requests.ts';
import { Drafts } from './drafts.ts';

describe('Drafts', () => {
  const { data } = requestOf(newStory());
  let sent: RefinementDelta[];
  const texts = (): string[] => sent.map(({ text }) => text);
  const start = (attempt = 1): Drafts => new Drafts(data, 'item-1', attempt, (delta) => sent.push(delta));

  beforeEach(() => {
    jest.useFakeTimers();
    sent = [];
  });
  afterEach(() => jest.useRealTimers());

  it('sends the first at once, then the newest each 100 ms', () => {
    const drafts = start();
    for (const text of ['M', 'Ma', 'Mar']) drafts.write(text);
    expect(texts()).toEqual(['M']);
    jest.advanceTimersByTime(99);
    expect(texts()).toEqual(['M']);
    jest.advanceTimersByTime(1);
    expect(texts()).toEqual(['M', 'Mar']);
    jest.advanceTimersByTime(50);
    drafts.write('Mare');
    expect(texts()).toEqual(['M', 'Mar']);
    jest.advanceTimersByTime(50);
    expect(texts()).toEqual(['M', 'Mar', 'Mare']);
  });

  it('sends the last one when the text ends, and nothing after it', () => {
    const drafts = start();
    drafts.write('M');
    drafts.write('Maren');
    drafts.end();
    expect(texts()).toEqual(['M', 'Maren']);
    jest.advanceTimersByTime(1_000);
    expect(texts()).toEqual(['M', 'Maren']);
  });

  it('keeps what was not sent to itself when the call fails', () => {
    const drafts = start();
    drafts.write('M');
    drafts.write('Mar');
    drafts.drop();
    jest.advanceTimersByTime(1_000);
    expect(texts()).toEqual(['M']);
  });

  it('names the revision that the text would become, and rises, also over a second attempt', () => {
    const first = start();
    for (let n = 0; n < 5; n += 1) {
      first.write(`M${n}`);
      jest.advanceTimersByTime(100);
    }
    start(2).write('M');
    const sequences = sent.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    expect(new Set(sequences).size).toBe(6);
    const { refinementId, revision } = data;
    expect(sent[0]).toMatchObject({ refinementId, itemId: 'item-1', revision: revision + 1 });
  });
});
