import { beat, entriesOf } from '../../test/stories.ts';
import { AgonProblem, UnreadableAnswer, problemOf } from '../agon-problem.ts';
import { type Followed, followFeed } from './follow-feed.ts';

const entries = entriesOf(['c1', 'c2', 'c3', 'c4'].map(beat));
const sent = (...positions: number[]): string =>
  entries
    .filter(({ position }) => positions.includes(position))
    .map((entry) => `id: ${entry.position}\nevent: ${entry.type}\ndata: ${JSON.stringify(entry)}\n\n`)
    .join('');

const draft = { refinementId: 'x', itemId: 'beat-1', revision: 1, sequence: 3, text: 'In bet' };
const drafted = (data: unknown): string => `event: RefinementDelta\ndata: ${JSON.stringify(data)}\n\n`;

type Answer = string | Error;

/** A gateway that answers one connection after another; the last one ends the reading. */
class Gateway {
  readonly asked: number[] = [];
  readonly pauses: number[] = [];
  private readonly answers: Answer[];
  private readonly left = new AbortController();

  constructor(...answers: Answer[]) {
    this.answers = answers;
  }

  async read(after = 0): Promise<number[]> {
    return (await this.follow(after)).flatMap((told) => (told.kind === 'entry' ? [told.entry.position] : []));
  }

  async follow(after = 0): Promise<Followed[]> {
    const read: Followed[] = [];
    const { signal } = this.left;
    const feed = followFeed({ after, signal, open: (position) => this.open(position), pause: (ms) => this.pause(ms) });
    for await (const told of feed) read.push(told);
    return read;
  }

  private open(position: number): Promise<Response> {
    this.asked.push(position);
    const answer = this.answers.shift() ?? '';
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(new Response(answer));
  }

  private pause(ms: number): Promise<void> {
    this.pauses.push(ms);
    if (this.answers.length === 0) this.left.abort();
    return Promise.resolve();
  }
}

const neverAnswered = (_: number, ended: AbortSignal): Promise<Response> =>
  new Promise((_resolve, reject) => {
    ended.addEventListener('abort', () => reject(new Error('aborted')));
  });

describe('followFeed', () => {
  it('goes on after the last entry when the connection ends', async () => {
    const gateway = new Gateway(sent(1, 2), sent(3, 4));
    expect(await gateway.read()).toEqual([1, 2, 3, 4]);
    expect(gateway.asked).toEqual([0, 2]);
  });

  it('starts after the position that it was given', async () => {
    const gateway = new Gateway(sent(3));
    await gateway.read(2);
    expect(gateway.asked).toEqual([2]);
  });

  it('passes a double on only once', async () => {
    expect(await new Gateway(sent(1, 2), sent(1, 2, 3)).read()).toEqual([1, 2, 3]);
  });

  it.each([
    ['a connection that fails', new TypeError('fetch failed')],
    ['a gateway that is away', problemOf(503, '')],
    ['too many requests', problemOf(429, '')],
  ])('outlives %s', async (_name, failure) => {
    expect(await new Gateway(sent(1), failure, sent(2)).read()).toEqual([1, 2]);
  });

  it('ends with what a new connection cannot mend', async () => {
    await expect(new Gateway(problemOf(404, ''), sent(1)).read()).rejects.toThrow(AgonProblem);
  });

  it('waits as long as the gateway says, and longer each time that it fails', async () => {
    const failed = new TypeError('fetch failed');
    const gateway = new Gateway(`retry: 100\n\n${sent(1)}`, failed, failed, sent(2));
    await gateway.read();
    const [first = 0, second = 0, third = 0, recovered = 0] = gateway.pauses;
    expect([first >= 50 && first <= 100, second >= 100 && second <= 200, third >= 200 && third <= 400]).toEqual([
      true,
      true,
      true,
    ]);
    expect(recovered).toBeLessThanOrEqual(100);
  });

  it('passes over types that it does not know, and does not ask for them again', async () => {
    const gateway = new Gateway('id: 1\nevent: ComesLater\ndata: {"position":1}\n\n', sent(2));
    expect(await gateway.read()).toEqual([2]);
    expect(gateway.asked).toEqual([0, 1]);
  });

  it('tells drafts where they come, and goes on after the last entry', async () => {
    const gateway = new Gateway(sent(1) + drafted(draft) + sent(2) + drafted({ ...draft, sequence: 4 }), sent(3));
    const told = await gateway.follow();
    expect(told.map((of) => (of.kind === 'entry' ? of.entry.position : of.draft))).toEqual([
      1,
      draft,
      2,
      { ...draft, sequence: 4 },
      3,
    ]);
    expect(gateway.asked).toEqual([0, 2]);
  });

  it('loses no entry by a draft that it can not read', async () => {
    const gateway = new Gateway(
      sent(1) + drafted({ itemId: 'beat-1' }) + 'event: RefinementDelta\ndata: {\n\n' + sent(2),
    );
    expect((await gateway.follow()).map(({ kind }) => kind)).toEqual(['entry', 'entry']);
  });

  it.each([
    ['data that does not fit its type', 'id: 1\nevent: StressChanged\ndata: {"position":1,"type":"StressChanged"}\n\n'],
    ['an entry without an id', 'event: StressChanged\ndata: {}\n\n'],
    ['an id that is no position', 'id: x\nevent: StressChanged\ndata: {}\n\n'],
  ])('refuses %s', async (_name, stream) => {
    await expect(new Gateway(stream, sent(2)).read()).rejects.toThrow(UnreadableAnswer);
  });

  it('ends quietly when its reader leaves in the middle of a silence', async () => {
    const left = new AbortController();
    const feed = followFeed({ after: 0, signal: left.signal, open: neverAnswered });
    const next = feed.next();
    left.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
