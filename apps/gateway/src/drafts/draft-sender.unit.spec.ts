import { type RefinementDelta, SETTLEMENT_TYPES, type WireFeedEntry } from '@agon/contracts';
import * as fc from 'fast-check';
import { Writable } from 'node:stream';
import { DraftSender } from './draft-sender.ts';

const draft = (refinementId: string, sequence: number): RefinementDelta => ({
  refinementId,
  itemId: `item-${refinementId}`,
  revision: 1,
  sequence,
  text: `Draft ${sequence}`,
});

const entry = (type: WireFeedEntry['type'], data: WireFeedEntry['data']): WireFeedEntry => ({
  position: 7,
  type,
  data,
  items: [],
});
const settlement = (refinementId: string): WireFeedEntry => entry('RefinementExpired', { refinementId });

/** A connection that takes one message and then no more until it is read. */
class Connection extends Writable {
  readonly messages: string[] = [];
  private release: (() => void) | undefined;

  constructor(private readonly isSlow: boolean) {
    super({ highWaterMark: isSlow ? 1 : 1_000_000, decodeStrings: false });
  }

  override _write(message: string, _encoding: string, done: () => void): void {
    this.messages.push(message);
    if (this.isSlow) this.release = done;
    else done();
  }

  /** The client has read what was sent. */
  async read(): Promise<void> {
    const { release } = this;
    this.release = undefined;
    release?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function connect({ isSlow = false } = {}) {
  const connection = new Connection(isSlow);
  const sender = new DraftSender(connection);
  const sent = (): string[] =>
    connection.messages.map((message) => {
      const [, refinementId, sequence] = /"refinementId":"(.+?)".*"sequence":(\d+)/.exec(message) ?? [];
      return `${refinementId} ${sequence}`;
    });
  return { connection, sender, sent };
}

describe('a draft', () => {
  it('is sent as an event without an id', () => {
    const { connection, sender } = connect();
    sender.offer(draft('x', 0));
    expect(connection.messages).toEqual([`event: RefinementDelta\ndata: ${JSON.stringify(draft('x', 0))}\n\n`]);
  });

  it('waits while the connection takes nothing; then only the newest of each refinement is sent', async () => {
    const { connection, sender, sent } = connect({ isSlow: true });
    for (const sequence of [0, 1, 2, 3]) for (const id of ['x', 'y']) sender.offer(draft(id, sequence));
    expect(sent()).toEqual(['x 0']);
    await connection.read();
    expect(sent()).toEqual(['x 0', 'y 3']);
    await connection.read();
    await connection.read();
    expect(sent()).toEqual(['x 0', 'y 3', 'x 3']);
  });

  it('does not take the place of a newer one', async () => {
    const { connection, sender, sent } = connect({ isSlow: true });
    for (const sequence of [0, 5, 4]) sender.offer(draft('x', sequence));
    await connection.read();
    expect(sent()).toEqual(['x 0', 'x 5']);
  });

  it.each(SETTLEMENT_TYPES)('is dropped after %s was sent', (type) => {
    const { sender, sent } = connect();
    sender.passing(entry(type, { refinementId: 'x' }));
    sender.offer(draft('x', 9));
    sender.offer(draft('y', 0));
    expect(sent()).toEqual(['y 0']);
  });

  it('that waits is dropped when its settlement is sent', async () => {
    const { connection, sender, sent } = connect({ isSlow: true });
    sender.offer(draft('y', 0));
    sender.offer(draft('x', 1));
    sender.passing(settlement('x'));
    await connection.read();
    expect(sent()).toEqual(['y 0']);
  });

  it('is not held back by other entries', () => {
    const { sender, sent } = connect();
    sender.passing(entry('FlowAdjusted', { conflictId: 'c1' }));
    sender.offer(draft('x', 0));
    expect(sent()).toEqual(['x 0']);
  });

  it('is not sent any more once the sender has stopped', async () => {
    const { connection, sender, sent } = connect({ isSlow: true });
    sender.offer(draft('x', 0));
    sender.offer(draft('x', 1));
    sender.stop();
    await connection.read();
    expect(sent()).toEqual(['x 0']);
    expect(connection.listenerCount('drain')).toBe(0);
  });

  it('never follows its settlement, whatever comes when', async () => {
    const step = fc.oneof(
      fc.record({ does: fc.constant('draft'), id: fc.constantFrom('x', 'y', 'z') }),
      fc.record({ does: fc.constant('settle'), id: fc.constantFrom('x', 'y', 'z') }),
      fc.record({ does: fc.constant('read'), id: fc.constant('') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { connection, sender, sent } = connect({ isSlow: true });
        const ended = new Map<string, number>();
        for (const [sequence, { does, id }] of steps.entries()) {
          if (does === 'draft') sender.offer(draft(id, sequence));
          else if (does === 'read') await connection.read();
          else {
            sender.passing(settlement(id));
            ended.set(id, Math.min(ended.get(id) ?? Infinity, sequence));
          }
        }
        for (let n = 0; n < 4; n += 1) await connection.read();
        for (const told of sent()) {
          const [id = '', sequence] = told.split(' ');
          expect(Number(sequence)).toBeLessThan(ended.get(id) ?? Infinity);
        }
      }),
    );
  });

  it('of a client that has stopped reading fills no memory', async () => {
    const { connection, sender, sent } = connect({ isSlow: true });
    for (let n = 0; n < 1_000; n += 1) sender.offer(draft(`r${n}`, 0));
    for (let n = 0; n < 1_000; n += 1) await connection.read();
    expect(sent()).toHaveLength(65);
    expect(sent().at(-1)).toBe('r999 0');
  });
});
