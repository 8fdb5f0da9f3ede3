import { type FeedType, type RefinementDelta, type WireFeedEntry, examples } from '@agon/contracts';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import { streamFeed } from './feed-stream.ts';

const storyId = 'p3_aaaaaaaaaaaaaaaa';
const { refinementId, itemId } = examples.RefinementRequested;

const entry = (position: number, type: FeedType): WireFeedEntry => ({
  position,
  type,
  data: examples[type],
  items: [],
});
const draft = (sequence: number, of = refinementId): RefinementDelta => ({
  refinementId: of,
  itemId: itemId ?? '',
  revision: 1,
  sequence,
  text: `Draft ${sequence}`,
});

/** A story whose feed and drafts a test writes. */
class Story {
  reads = 0;
  private readonly entries: WireFeedEntry[] = [];
  private readonly wakes = new Set<() => void>();
  private readonly takers = new Set<(told: RefinementDelta) => void>();

  readonly feed = {
    read: (_story: string, after: number) => {
      this.reads += 1;
      return Promise.resolve(this.entries.filter(({ position }) => position > after));
    },
    follow: (_story: string, wake: () => void) => added(this.wakes, wake),
  };
  readonly drafts = {
    follow: (_story: string, take: (told: RefinementDelta) => void) => added(this.takers, take),
  };

  get followers(): number {
    return this.wakes.size + this.takers.size;
  }

  append(told: WireFeedEntry): void {
    this.entries.push(told);
    for (const wake of this.wakes) wake();
  }

  write(told: RefinementDelta): void {
    for (const take of this.takers) take(told);
  }
}

function added<T>(to: Set<T>, one: T): () => void {
  to.add(one);
  return () => void to.delete(one);
}

describe('the stream', () => {
  let story: Story;
  let server: Server;
  let url: string;
  let left: AbortController;

  beforeEach(async () => {
    story = new Story();
    left = new AbortController();
    const ending = new AbortController().signal;
    server = createServer((_request, response) => {
      void streamFeed({ feed: story.feed, drafts: story.drafts, storyId, after: 0, response, ending });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '';
  });
  afterEach(async () => {
    left.abort();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Reads messages of one connection, as many as are asked for. */
  const connect = async () => {
    const { body } = await fetch(url, { signal: left.signal });
    if (body === null) throw new Error('no stream');
    const reader = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
    return async (count: number): Promise<[id: string | undefined, event: string | undefined][]> => {
      const told: [string | undefined, string | undefined][] = [];
      while (told.length < count) {
        const { value } = await reader.read();
        if (value === undefined) throw new Error('the stream has ended');
        told.push([value.id, value.event]);
      }
      return told;
    };
  };

  it('brings drafts between the entries, without an id', async () => {
    story.append(entry(1, 'StakeholderReacted'));
    const read = await connect();
    expect(await read(1)).toEqual([['1', 'StakeholderReacted']]);
    story.write(draft(0));
    expect(await read(1)).toEqual([[undefined, 'RefinementDelta']]);
    story.append(entry(2, 'FlowAdjusted'));
    expect(await read(1)).toEqual([['2', 'FlowAdjusted']]);
  });

  it('brings no draft after the end of its refinement', async () => {
    story.append(entry(1, 'RefinementAccepted'));
    const read = await connect();
    await read(1);
    story.write(draft(1));
    story.write(draft(2, 'another-r1'));
    story.append(entry(2, 'FlowAdjusted'));
    expect(await read(2)).toEqual([
      [undefined, 'RefinementDelta'],
      ['2', 'FlowAdjusted'],
    ]);
  });

  it('reads nothing from the database for a draft', async () => {
    story.append(entry(1, 'StakeholderReacted'));
    const read = await connect();
    await read(1);
    const before = story.reads;
    for (let sequence = 0; sequence < 30; sequence += 1) {
      story.write(draft(sequence));
      await read(1);
    }
    // The look that was under way, and at most one of the net.
    expect(story.reads).toBeLessThanOrEqual(before + 2);
  });

  it('lets go of a client that has left', async () => {
    const read = await connect();
    story.append(entry(1, 'FlowAdjusted'));
    await read(1);
    expect(story.followers).toBe(2);
    left.abort();
    while (story.followers > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(story.followers).toBe(0);
  });
});
