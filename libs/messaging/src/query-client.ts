import { errors, type NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { isConnected } from './connection.ts';
import { messageOf } from './logger.ts';
import { querySubject } from './query-server.ts';

/**
 * Why a query got no answer:
 * - `unavailable`: no replica of the service listens, or the broker is away;
 * - `timeout`: one listens, but did not answer in time;
 * - `refused`: the service answered with a problem of its own, see `answerCode`;
 * - `malformed`: the answer is not what was expected.
 */
export class QueryFailed extends Error {
  override readonly name = 'QueryFailed';

  constructor(
    readonly reason: 'unavailable' | 'timeout' | 'refused' | 'malformed',
    message: string,
    readonly answerCode?: string,
  ) {
    super(message);
  }
}

const problem = z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) });

/** Asks other services. For those who may wait for an answer: no handler of an event may. */
export class QueryClient {
  constructor(private readonly nats: NatsConnection) {}

  /**
   * The answer to `query.<service>.<name>`, as `schema` reads it.
   *
   * @param timeoutMs how long to wait, in milliseconds.
   * @throws QueryFailed
   */
  async ask<T>(service: string, name: string, question: unknown, schema: z.ZodType<T>, timeoutMs = 1_000): Promise<T> {
    const subject = querySubject(service, name);
    const body: unknown = await this.request(subject, question, timeoutMs);
    const refused = problem.safeParse(body);
    if (refused.success) {
      throw new QueryFailed('refused', `${subject}: ${refused.data.error.message}`, refused.data.error.code);
    }
    const answer = schema.safeParse(body);
    if (!answer.success) throw new QueryFailed('malformed', `${subject}: ${z.prettifyError(answer.error)}`);
    return answer.data;
  }

  private async request(subject: string, question: unknown, timeout: number): Promise<unknown> {
    // A request would wait for its whole time and say less.
    if (!isConnected(this.nats)) throw new QueryFailed('unavailable', `${subject}: the broker is away`);
    try {
      const message = await this.nats.request(subject, JSON.stringify(question ?? null), { timeout });
      return message.json();
    } catch (error) {
      if (
        error instanceof errors.TimeoutError ||
        (error instanceof Error && error.cause instanceof errors.TimeoutError)
      ) {
        throw new QueryFailed('timeout', `${subject}: no answer within ${timeout} ms`);
      }
      if (error instanceof SyntaxError) throw new QueryFailed('malformed', `${subject}: the answer is not JSON`);
      throw new QueryFailed('unavailable', `${subject}: ${messageOf(error)}`);
    }
  }
}
