import { waitUntil } from '@agon/testing';
import { Controller, Inject, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import type { EventLog, StoredEvent } from '@agon/event-store';
import {
  connectNats,
  Decisions,
  type Handled,
  JetStreamStrategy,
  type JetStreamStrategyOptions,
  MessageContext,
  OnEvent,
  OnQuery,
  QueryError,
} from '../src/index.ts';
import { counter, counterOf } from './counter.ts';
import { Recorder } from './recorder.ts';
import { StoryFeeder } from './story-feeder.ts';

export const SERVICE = 'counting';

const counted = z.object({ by: z.number() });

/** What a test does inside the handler, before it decides. */
export interface Plan {
  before?: (stored: StoredEvent, context: MessageContext) => void | Promise<void>;
}

/** One handler's view of a message: which, and how often it was decided. */
@Controller()
export class CountingController {
  constructor(
    @Inject(Decisions) private readonly decisions: Decisions,
    @Inject('plan') private readonly plan: Plan,
    @Inject('attempts') private readonly attempts: StoredEvent[],
  ) {}

  @OnEvent('Counted')
  async counted(@Payload() payload: { by: number }, @Ctx() context: MessageContext): Promise<Handled> {
    const { event } = context;
    this.attempts.push(event);
    await this.plan.before?.(event, context);
    return this.decisions.handle(event, { counter: counterOf(event.storyId) }, (states) => [
      { stream: 'counter', events: counter.decide(payload.by, event.position, states.counter) },
    ]);
  }

  @OnEvent('Noted')
  noted(@Ctx() context: MessageContext): void {
    this.attempts.push(context.event);
  }

  @OnQuery('double')
  double(@Payload() payload: unknown): { doubled: number } {
    const question = z.object({ n: z.number() }).safeParse(payload);
    if (!question.success) throw new QueryError('bad-question', 'n is not a number');
    if (question.data.n === 13) throw new Error('a secret of the service');
    return { doubled: question.data.n * 2 };
  }
}

export interface ReplicaOptions extends Partial<JetStreamStrategyOptions> {
  url: string;
  log: EventLog;
  plan?: Plan;
}

/** One process's worth of a service, in this process. */
export interface Replica {
  readonly strategy: JetStreamStrategy;
  readonly nats: NatsConnection;
  readonly feeder: StoryFeeder;
  readonly recorder: Recorder;
  /** Every call of a handler, in order. */
  readonly attempts: StoredEvent[];
  /** Ends it in good order. */
  stop(): Promise<void>;
}

export const startReplica = async ({ url, log, plan = {}, ...options }: ReplicaOptions): Promise<Replica> => {
  const nats = options.nats ?? (await connectNats(url, SERVICE));
  const recorder = new Recorder();
  const attempts: StoredEvent[] = [];
  const decisions = new Decisions({ service: SERVICE, log });
  const feeder = new StoryFeeder(log, nats);
  const strategy = new JetStreamStrategy({
    service: SERVICE,
    nats,
    log,
    publisher: feeder,
    partitions: [0],
    from: 'start',
    parse: (stored) => (stored.type === 'Counted' ? counted.parse(stored.data) : stored.data),
    onPinned: (partition) => decisions.dropPartition(partition),
    ackWaitMs: 2_000,
    metrics: recorder.metrics,
    logger: recorder.logger,
    ...options,
  });

  @Module({
    controllers: [CountingController],
    providers: [
      { provide: Decisions, useValue: decisions },
      { provide: 'plan', useValue: plan },
      { provide: 'attempts', useValue: attempts },
    ],
  })
  class CountingModule {}

  const app: INestMicroservice = await NestFactory.createMicroservice(CountingModule, { strategy, logger: false });
  await app.listen();
  return {
    strategy,
    nats,
    feeder,
    recorder,
    attempts,
    stop: async () => {
      await app.close();
      if (!nats.isClosed()) await nats.close();
    },
  };
};

export const bound = ({ strategy, recorder }: Replica): Promise<void> =>
  waitUntil('bound', () => !strategy.health().degraded, { saw: () => recorder.lines });
