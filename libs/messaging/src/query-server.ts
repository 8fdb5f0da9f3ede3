import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { HttpException } from '@nestjs/common';
import { QueryError } from './errors.ts';
import type { MessagingLogger } from './logger.ts';
import type { MessagingMetrics } from './metrics.ts';

/** Subject on which a service answers a query. */
export const querySubject = (service: string, name: string): string => `query.${service}.${name}`;

export interface QueryServerOptions {
  service: string;
  nats: NatsConnection;
  /** Query names, each with what answers it. */
  queries: ReadonlyMap<string, (question: unknown) => Promise<unknown>>;
  metrics: MessagingMetrics;
  logger: MessagingLogger;
}

/** Answers the service's queries; the replicas share them by a queue group. */
export class QueryServer {
  private subscriptions: Subscription[] = [];

  constructor(private readonly options: QueryServerOptions) {}

  start(): void {
    const { service, nats, queries } = this.options;
    this.subscriptions = [...queries].map(([name, answer]) =>
      nats.subscribe(querySubject(service, name), {
        queue: service,
        callback: (error, message) => {
          if (error === null) void this.answer(name, answer, message);
          else this.options.logger.error({ query: name, err: error }, 'the query can not be subscribed to');
        },
      }),
    );
  }

  /** Takes no new questions; those that wait are answered. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.subscriptions.map((subscription) => subscription.drain()));
  }

  private async answer(name: string, answer: (question: unknown) => Promise<unknown>, message: Msg): Promise<void> {
    const { metrics, logger } = this.options;
    const started = performance.now();
    const seconds = (): number => (performance.now() - started) / 1_000;
    try {
      const body = JSON.stringify((await answer(questionOf(message))) ?? null);
      message.respond(body);
      metrics.queried(name, 'answered', seconds());
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === 'internal') logger.error({ query: name, err: error }, 'the query failed');
      message.respond(JSON.stringify({ error: problem }));
      metrics.queried(name, 'failed', seconds());
    }
  }
}

const questionOf = (message: Msg): unknown => {
  const text = message.string();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new QueryError('bad-request', 'the question is not JSON');
  }
};

/** What the asker is told. Nothing of an unexpected error leaves the service; it is in the log. */
const problemOf = (error: unknown): { code: string; message: string } => {
  if (error instanceof QueryError) return { code: error.code, message: error.message };
  // What Nest's pipes and guards throw.
  if (error instanceof HttpException && error.getStatus() < 500) return { code: 'bad-request', message: error.message };
  return { code: 'internal', message: 'the query failed' };
};
