import { PARTITIONS } from '@agon/contracts';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** As many as there are services that append to most stories. */
const PROCESSES = 4;

/** One round for one process. */
export interface TurnRequest {
  readonly contender: 'agon' | 'emmett';
  /** A story in each of them takes its turns. */
  readonly partitions: readonly number[];
  readonly milliseconds: number;
  readonly round: string;
}

export interface TurnAnswer {
  /** Turns. */
  readonly perSecond: number;
  readonly failed?: string;
}

async function answerOf(child: ChildProcess): Promise<number> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('a process that took turns ended');
  });
  const [answer]: TurnAnswer[] = await Promise.race([once(child, 'message', { signal }), ended]);
  // Nobody listens any more: hundreds of rounds would pile up their listeners.
  ended.catch(() => undefined);
  answered.abort();
  if (answer === undefined) throw new Error('a process that took turns said nothing');
  if (answer.failed !== undefined) throw new Error(answer.failed);
  return answer.perSecond;
}

/** Partitions 0, 1, … dealt out in turn; processes that get none are left out. */
export function dealt(stories: number, processes = PROCESSES): number[][] {
  if (stories > PARTITIONS) throw new RangeError(`each story has a partition of its own: at most ${PARTITIONS}`);
  const hands = Array.from({ length: Math.min(stories, processes) }, (): number[] => []);
  for (let story = 0; story < stories; story += 1) hands[story % hands.length]?.push(story);
  return hands;
}

/** Processes that take turns of stories, each partition in one of them, as its owner would. */
export class TurnProcesses {
  private readonly children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.children = children;
  }

  static async start(agonUrl: string, emmettUrl: string): Promise<TurnProcesses> {
    const children = Array.from({ length: PROCESSES }, () =>
      fork(join(import.meta.dirname, 'turn-process.js'), [agonUrl, emmettUrl]),
    );
    await Promise.all(children.map(answerOf));
    return new TurnProcesses(children);
  }

  /** @returns turns per second of all of them together */
  async measure(stories: number, request: Omit<TurnRequest, 'partitions'>): Promise<number> {
    const rates = await Promise.all(
      dealt(stories).map(async (partitions, n) => {
        const child = this.children[n];
        if (child === undefined) return 0;
        child.send({ ...request, partitions });
        return answerOf(child);
      }),
    );
    return rates.reduce((sum, rate) => sum + rate, 0);
  }

  stop(): void {
    for (const child of this.children) child.kill();
  }
}
