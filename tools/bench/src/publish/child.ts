import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AppendOrder, CollectOrder, Moment, Moments, Places } from './protocol.ts';

/** A process of this benchmark, which answers one order after the other. */
export class Child {
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  static async start(name: string, { postgres, nats }: Places): Promise<Child> {
    const child = new Child(fork(join(import.meta.dirname, `${name}.js`), [postgres, nats]));
    await child.answer();
    return child;
  }

  /** @throws Error when it fails or ends */
  async ask(order: AppendOrder | CollectOrder): Promise<readonly Moment[]> {
    this.child.send(order);
    return this.answer();
  }

  stop(): void {
    this.child.kill();
  }

  private async answer(): Promise<readonly Moment[]> {
    const answered = new AbortController();
    const { signal } = answered;
    const ended = once(this.child, 'exit', { signal }).then(() => {
      throw new Error(`${this.child.spawnfile} ended early`);
    });
    const [answer]: Moments[] = await Promise.race([once(this.child, 'message', { signal }), ended]);
    // Nobody listens any more: the listeners of all rounds would pile up.
    ended.catch(() => undefined);
    answered.abort();
    if (answer?.failed !== undefined) throw new Error(answer.failed);
    return answer?.moments ?? [];
  }
}
