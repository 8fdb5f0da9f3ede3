import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { startNats, type TestNats, waitUntil } from '@agon/testing';
import { countedLog } from '../test/counted-log.ts';
import { appendInput } from '../test/inputs.ts';
import { bound, SERVICE, startReplica } from '../test/replica.ts';
import { connectNats } from './connection.ts';
import { type DurableOptions, ensureDurable, filterOf, GROUP } from './durable-consumer.ts';

const options = (changed: Partial<DurableOptions> = {}): DurableOptions => ({
  service: SERVICE,
  partition: 0,
  types: ['Counted', 'Noted'],
  ackWaitMs: 5_000,
  pinned: true,
  inMemory: true,
  widen: false,
  ...changed,
});

describe('the durable consumer', () => {
  let broker: TestNats;
  let nats: NatsConnection;
  let jsm: JetStreamManager;

  beforeAll(async () => {
    broker = await startNats();
    nats = await connectNats(broker.url, 'test');
    jsm = await jetstreamManager(nats);
  });
  beforeEach(async () => {
    await jsm.streams.add({ name: 'STORY_0', subjects: ['story.0.>'] });
  });
  afterEach(() => jsm.streams.delete('STORY_0'));
  afterAll(async () => {
    await nats.close();
    await broker.remove();
  });

  it('is created with what keeps the order and the owner', async () => {
    await jsm.jetstream().publish('story.0.local.game.Counted', '{}');
    const { config } = await ensureDurable(jsm, options(), 2);
    expect(config).toMatchObject({
      durable_name: SERVICE,
      ack_policy: 'explicit',
      ack_wait: nanos(5_000),
      max_ack_pending: 1,
      max_deliver: -1,
      deliver_policy: 'by_start_sequence',
      opt_start_seq: 2,
      filter_subjects: ['story.0.*.*.Counted', 'story.0.*.*.Noted'],
      priority_groups: [GROUP],
      priority_policy: 'pinned_client',
      priority_timeout: nanos(5_000),
    });
  });

  it.each([true, false])('is kept in memory: %s', async (inMemory) => {
    const { config } = await ensureDurable(jsm, options({ inMemory }), 1);
    expect(config.mem_storage ?? false).toBe(inMemory);
    // One of another kind that an earlier release made, or from before the stream had several copies.
    expect((await ensureDurable(jsm, options({ inMemory: !inMemory }), 1)).config.mem_storage ?? false).toBe(!inMemory);
  });

  it('is left alone when it is right, wherever it began', async () => {
    const first = await ensureDurable(jsm, options(), 1);
    const second = await ensureDurable(jsm, options({ types: ['Noted', 'Counted'] }), 7);
    expect(second.created).toBe(first.created);
    expect(second.config.opt_start_seq).toBe(1);
  });

  it('is updated to other filters, without losing its place', async () => {
    const first = await ensureDurable(jsm, options(), 1);
    const second = await ensureDurable(jsm, options({ types: ['Other'] }), 1);
    expect(second.created).toBe(first.created);
    expect(second.config.filter_subjects).toEqual([filterOf(0, 'Other')]);
  });

  it('keeps the filters of a newer version when it is bound again by an older one', async () => {
    await ensureDurable(jsm, options({ types: ['Counted', 'Other'] }), 1);
    const { config } = await ensureDurable(jsm, options({ widen: true }), 1);
    expect(config.filter_subjects).toEqual(['Counted', 'Noted', 'Other'].map((type) => filterOf(0, type)));
  });

  it('becomes pinned when the broker has learnt to', async () => {
    await ensureDurable(jsm, options({ pinned: false }), 1);
    const { config } = await ensureDurable(jsm, options(), 1);
    expect(config.priority_policy).toBe('pinned_client');
  });

  it('is made anew from the mark when it can not be changed', async () => {
    await jsm.consumers.add('STORY_0', { durable_name: SERVICE, ack_policy: 'none', deliver_policy: 'all' });
    const { config } = await ensureDurable(jsm, options(), 4);
    expect(config).toMatchObject({ ack_policy: 'explicit', opt_start_seq: 4 });
  });

  it('leaves to a newer version what this one does not know', async () => {
    const log = await countedLog();
    const old = await startReplica({ url: broker.url, log });
    await bound(old);
    await jsm.consumers.update('STORY_0', SERVICE, {
      filter_subjects: ['Counted', 'Noted', 'Other'].map((type) => filterOf(0, type)),
    });
    await appendInput(log, { type: 'Other' });
    await old.feeder.ensureStream(0);
    const taken: number[] = [];
    const newer = await jsm.jetstream().consumers.get('STORY_0', SERVICE);
    const messages = await newer.consume({ group: GROUP, expires: 1_000 });
    messages.closed().catch(() => undefined);
    const taking = (async () => {
      for await (const message of messages) {
        taken.push(message.seq);
        message.ack();
        break;
      }
    })();
    await waitUntil('the newer one has it', () => taken.length === 1);
    await taking;
    messages.stop();
    expect(old.attempts).toHaveLength(0);
    await old.stop();
  });
});
