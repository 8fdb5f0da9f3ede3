import { z } from 'zod';
import type { MemoryEventLog } from '@agon/event-store';
import { startNats, type TestNats, waitUntil } from '@agon/testing';
import { countedLog, decidedInputs } from '../test/counted-log.ts';
import { appendInput } from '../test/inputs.ts';
import { type Replica, type ReplicaOptions, SERVICE, startReplica } from '../test/replica.ts';
import { isConnected } from './connection.ts';
import { QueryClient, QueryFailed } from './query-client.ts';

describe('answering', () => {
  let broker: TestNats;
  let log: MemoryEventLog;
  const replicas: Replica[] = [];

  beforeAll(async () => {
    broker = await startNats();
  });
  beforeEach(async () => {
    log = await countedLog();
  });
  afterEach(async () => {
    await Promise.all(replicas.map(({ feeder }) => feeder.deleteStream(0).catch(() => undefined)));
    await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
  });
  afterAll(() => broker.remove());

  const start = async (options: Partial<ReplicaOptions> = {}): Promise<Replica> => {
    const replica = await startReplica({ url: broker.url, log, ...options });
    replicas.push(replica);
    return replica;
  };

  /** Everything that was sent to `reply.>` until the last input was decided. */
  const repliesTo = async (...inputs: Parameters<typeof appendInput>[1][]): Promise<unknown[]> => {
    const replica = await start();
    const replies: unknown[] = [];
    replica.nats.subscribe('reply.>', { callback: (_error, message) => void replies.push(message.json()) });
    for (const input of [...inputs, { story: 'last' }]) await appendInput(log, input);
    await replica.feeder.ensureStream(0);
    await waitUntil('the last is decided', async () => (await decidedInputs(log, 0, 'last')).length === 1);
    await replica.nats.flush();
    return replies;
  };

  describe('a message that asks for a reply', () => {
    it('gets what was decided', async () => {
      const replies = await repliesTo({ metadata: { replyTo: 'reply.g1.e1' } });
      const [input] = await log.readPartition(0, 0, 1);
      const events = await log.readStream(0, `counter-${input?.storyId}`);
      expect(replies).toEqual([{ service: SERVICE, eventId: input?.eventId, outcome: 'appended', events }]);
    });

    it('gets an empty answer when nothing was decided, or nothing is to be', async () => {
      const replies = await repliesTo(
        { data: { by: 0 }, metadata: { replyTo: 'reply.g1.e1' } },
        { type: 'Noted', metadata: { replyTo: 'reply.g1.e2' } },
      );
      expect(replies).toMatchObject([
        { outcome: 'appended', events: [] },
        { outcome: 'ignored', events: [] },
      ]);
    });

    it('learns that it is parked', async () => {
      const replies = await repliesTo({ data: { by: 'much' }, metadata: { replyTo: 'reply.g1.e1' } });
      expect(replies).toMatchObject([{ outcome: 'parked', events: [] }]);
    });

    it('gets one from direct consequences, and none from what follows later', async () => {
      const replies = await repliesTo(
        { metadata: { replyTo: 'reply.g1.e1', depth: 1, source: 'flow' } },
        { metadata: { replyTo: 'reply.g1.e2', depth: 2, source: 'flow' } },
      );
      expect(replies).toHaveLength(1);
    });

    it('is handled and acknowledged when the reply can not be sent', async () => {
      const replica = await start();
      const publish = replica.nats.publish.bind(replica.nats);
      replica.nats.publish = (subject, payload, options) => {
        if (subject.startsWith('reply.')) throw new Error('no');
        publish(subject, payload, options);
      };
      await appendInput(log, { metadata: { replyTo: 'reply.g1.e1' } });
      await replica.feeder.ensureStream(0);
      await waitUntil('counted', () => replica.recorder.of('reply failed Counted') === 1);
      expect(replica.attempts).toHaveLength(1);
      expect(await decidedInputs(log)).toEqual([1]);
    });
  });

  describe('a query', () => {
    const doubled = z.object({ doubled: z.number() });
    const ask = ({ nats }: Replica, question: unknown, schema: z.ZodType = doubled) =>
      new QueryClient(nats).ask(SERVICE, 'double', question, schema);
    it('is answered, by one of the replicas', async () => {
      const first = await start();
      const second = await start();
      const answers = await Promise.all([...Array(20).keys()].map((n) => ask(first, { n: n * 10 })));
      expect(answers).toEqual([...Array(20).keys()].map((n) => ({ doubled: n * 20 })));
      expect(first.recorder.of('queried double answered') + second.recorder.of('queried double answered')).toBe(20);
      expect(second.recorder.of('queried double answered')).toBeGreaterThan(0);
    });

    it('is refused with the code of the handler', async () => {
      const replica = await start();
      expect(await failure(ask(replica, { n: 'x' }))).toMatchObject({ reason: 'refused', answerCode: 'bad-question' });
      expect(await failure(ask(replica, undefined))).toMatchObject({ reason: 'refused' });
    });

    it('tells nothing of an unexpected error but that there was one', async () => {
      const replica = await start();
      const error = await failure(ask(replica, { n: 13 }));
      expect(error).toMatchObject({ reason: 'refused', answerCode: 'internal' });
      expect(error.message).not.toMatch(/secret/);
      expect(replica.recorder.said(/the query failed/)).toBe(1);
    });

    it('is refused when it is not JSON', async () => {
      const { nats } = await start();
      const answer = await nats.request(`query.${SERVICE}.double`, '{');
      expect(answer.json()).toEqual({ error: { code: 'bad-request', message: 'the question is not JSON' } });
    });

    it('fails when nobody listens', async () => {
      const { nats } = await start();
      const answer = new QueryClient(nats).ask('nobody', 'double', {}, doubled);
      expect(await failure(answer)).toMatchObject({ reason: 'unavailable' });
    });

    it('fails when nobody answers in time', async () => {
      const { nats } = await start();
      nats.subscribe('query.slow.double', { callback: () => undefined });
      await nats.flush();
      const answer = new QueryClient(nats).ask('slow', 'double', {}, doubled, 100);
      expect(await failure(answer)).toMatchObject({ reason: 'timeout' });
    });

    it('fails when the answer is not what was expected', async () => {
      const replica = await start();
      expect(await failure(ask(replica, { n: 1 }, z.object({ halved: z.number() })))).toMatchObject({
        reason: 'malformed',
      });
    });

    it('is answered again after the broker was away', async () => {
      const replica = await start();
      await broker.restart();
      await waitUntil('connected', () => isConnected(replica.nats));
      expect(await ask(replica, { n: 4 })).toEqual({ doubled: 8 });
    });
  });
});

const failure = async (answer: Promise<unknown>): Promise<QueryFailed> => {
  const error = await answer.catch((reason: unknown) => reason);
  if (error instanceof QueryFailed) return error;
  throw new Error('it did not fail as a query', { cause: error });
};
