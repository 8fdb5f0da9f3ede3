import { PgEventLog, StoryPublisher, createPool } from '@agon/event-store';
import { Decisions, type Handled, JetStreamStrategy, MessageContext, OnEvent, connectNats } from '@agon/messaging';
import { waitUntil } from '@agon/stack';
import { Controller, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx } from '@nestjs/microservices';
import { type CollectOrder, LISTENER, type Moment, type Moments, TYPE, now, partitions } from './protocol.ts';

// One service as far as handling goes: consumers of every partition, and a mark that each message moves. Ends when its
// parent goes.
const [postgres = '', broker = ''] = process.argv.slice(2);
const START_MS = 60_000;
const log = new PgEventLog(createPool(postgres, LISTENER));
const nats = await connectNats(broker, LISTENER, { wait: true });
const publisher = new StoryPublisher({ log, nats, partitions });
const decisions = new Decisions({ service: LISTENER, log });
let moments: Moment[] = [];

@Controller()
class Listener {
  constructor(@Inject(Decisions) private readonly decided: Decisions) {}

  @OnEvent(TYPE)
  async listen(@Ctx() context: MessageContext): Promise<Handled> {
    moments.push({ eventId: context.event.eventId, at: now() });
    return this.decided.handle(context.event, {}, () => []);
  }
}

@Module({ controllers: [Listener], providers: [{ provide: Decisions, useValue: decisions }] })
class ListenerModule {}

const silent = { info: () => undefined, warn: () => undefined, error: console.error };
const strategy = new JetStreamStrategy({
  service: LISTENER,
  nats,
  log,
  publisher,
  partitions,
  from: 'start',
  parse: ({ data }) => data,
  onPinned: (partition) => decisions.dropPartition(partition),
  logger: silent,
});
const app = await NestFactory.createMicroservice(ListenerModule, { strategy, logger: false });
await app.listen();
publisher.start();

const answer = (message: Moments): void => {
  process.send?.(message);
};

async function collect({ count, timeoutMs }: CollectOrder): Promise<void> {
  await waitUntil(() => moments.length >= count, { timeout: timeoutMs });
  answer({ moments });
  moments = [];
}

const bound = await waitUntil(() => !strategy.health().degraded, { timeout: START_MS });
process.on('message', (order: CollectOrder) => void collect(order));
process.on('disconnect', () => process.exit(0));
answer(bound ? { moments: [] } : { moments: [], failed: 'the listener could not bind to every partition' });
