import { setTimeout as delay } from 'node:timers/promises';
import { type Sample, isWhole } from './calls.ts';
import type { Caller } from './caller.ts';
import { type Story, toldIn } from './story.ts';
import { arrivals, exponentialWaits } from './waits.ts';

export interface LoadOptions {
  readonly caller: Caller;
  readonly stories: readonly Story[];
  /** Milliseconds before the time that counts: what falls into them is not among the samples. */
  readonly leadInMs: number;
  /** The time that counts, in milliseconds. */
  readonly ms: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

export interface Load {
  readonly samples: readonly Sample[];
  /** Share of one core that this process used to make the load, 0..1. */
  readonly cpuShare: number;
  /** What refusals and failures said, each once. */
  readonly said: readonly string[];
}

/** Makes calls and keeps what came of them. */
class Recorder {
  readonly samples: Sample[] = [];
  readonly said = new Set<string>();
  private readonly cpu = process.cpuUsage();
  private readonly began = performance.now();

  constructor(
    private readonly caller: Caller,
    private readonly countsFrom: number,
  ) {}

  /** @param due when it should be sent; a late sender is part of the wait */
  async call(story: Story, due: number): Promise<void> {
    const call = story.next();
    const { kind, key } = call;
    let outcome: Sample['outcome'] = 'unanswered';
    try {
      const reply = await this.caller.send(call);
      const told = reply.status < 300 ? toldIn(reply) : undefined;
      outcome = told === undefined ? 'refused' : isWhole(told) ? 'complete' : 'partial';
      if (told === undefined) this.said.add(`${kind}: ${reply.status} ${reply.text.slice(0, 200)}`);
      story.ended(call, told);
    } catch (error) {
      this.said.add(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
      story.ended(call, undefined);
    }
    if (due >= this.countsFrom) this.samples.push({ kind, ms: performance.now() - due, outcome, key });
  }

  result(): Load {
    const { user, system } = process.cpuUsage(this.cpu);
    const cpuShare = (user + system) / 1000 / (performance.now() - this.began);
    return { samples: this.samples, cpuShare, said: [...this.said] };
  }
}

/**
 * A player for each story, who thinks before each choice and makes the other calls of a front end right after the answer
 * before.
 * @param options `thinkMs`: the mean; 0 for a closed loop without a pause
 */
export async function play(options: LoadOptions & { readonly thinkMs: number }): Promise<Load> {
  const { caller, stories, leadInMs, ms, seed, thinkMs, signal } = options;
  const begin = performance.now();
  const end = begin + leadInMs + ms;
  const recorder = new Recorder(caller, begin + leadInMs);
  const player = async (story: Story, n: number): Promise<void> => {
    const think = exponentialWaits(thinkMs, seed * 1_000 + n);
    for (;;) {
      if (thinkMs > 0 && story.choosesNext) {
        const pause = think();
        if (performance.now() + pause > end) break;
        await delay(pause, undefined, { signal });
      }
      signal.throwIfAborted();
      if (performance.now() > end) break;
      await recorder.call(story, performance.now());
    }
  };
  await Promise.all(stories.map(player));
  return recorder.result();
}

/** Calls that come when they come, whether or not the ones before were answered; a story after the other gets one. */
export async function openLoop(options: LoadOptions & { readonly rate: number }): Promise<Load> {
  const { caller, stories, leadInMs, ms, seed, rate, signal } = options;
  const begin = performance.now();
  const recorder = new Recorder(caller, begin + leadInMs);
  const calls: Promise<void>[] = [];
  for (const [n, after] of arrivals(rate, leadInMs + ms, seed).entries()) {
    const due = begin + after;
    const early = due - performance.now();
    if (early > 1) await delay(early, undefined, { signal });
    const story = stories[n % stories.length];
    if (story !== undefined) calls.push(recorder.call(story, due));
  }
  await Promise.all(calls);
  return recorder.result();
}
