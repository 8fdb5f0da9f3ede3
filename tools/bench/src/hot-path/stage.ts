import { setTimeout as delay } from 'node:timers/promises';
import type { BenchContext } from '../benchmark.ts';
import { isWhole } from './calls.ts';
import { Caller } from './caller.ts';
import { Installation } from './installation.ts';
import type { Load, LoadOptions } from './load.ts';
import type { Plan } from './plan.ts';
import { Story, toldIn } from './story.ts';

/** Stories that are opened side by side. */
const WIDTH = 8;
/** Milliseconds for which an installation may take to get over a load. */
const SETTLE_MS = 120_000;

/** Gives each item to one of a few workers. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
}

/** The installation that is measured, with the stories that are played on it. */
export class Stage {
  readonly stories: Story[] = [];
  readonly caller: Caller;
  /** What refusals and failures said, each once, where there should be none. */
  readonly said = new Set<string>();
  /** Shares of a core that the load took in each measured stretch. */
  readonly cpuShares: number[] = [];

  private constructor(
    readonly installation: Installation,
    readonly plan: Plan,
    readonly context: BenchContext,
  ) {
    this.caller = new Caller(installation.url);
  }

  static async set(plan: Plan, context: BenchContext): Promise<Stage> {
    return new Stage(await Installation.start(), plan, context);
  }

  /** Opens stories, each at another place of its cycle. */
  async open(count: number, prefix: string, endless = false): Promise<Story[]> {
    const opened: Story[] = [];
    const names = Array.from({ length: count }, (_, n) => ({ name: `${prefix}${n}`, offset: n * 7, endless }));
    await inParallel(names, async (options) => {
      this.context.signal.throwIfAborted();
      opened.push(await Story.open(this.caller, options));
    });
    this.stories.push(...opened);
    return opened;
  }

  /** Lets the stories make so many choices each, as quickly as they are answered. */
  async grow(stories: readonly Story[], choices: number): Promise<void> {
    await inParallel(stories, async (story) => {
      for (let n = 0; n < choices; n += 1) {
        this.context.signal.throwIfAborted();
        const call = story.choose();
        story.ended(call, toldIn(await this.caller.must(call)));
      }
    });
  }

  /** What a load on these stories starts with. */
  load(stories: readonly Story[], ms: number, seed: number): LoadOptions {
    const { leadInMs } = this.plan;
    return { caller: this.caller, stories, leadInMs, ms, seed, signal: this.context.signal };
  }

  /** Keeps what a load has to say besides its samples. */
  heard(load: Load): Load['samples'] {
    for (const line of load.said) this.said.add(line);
    return this.strained(load);
  }

  /** The same of a load that may be more than the installation can take: refusals are to be expected. */
  strained({ samples, cpuShare }: Load): Load['samples'] {
    this.cpuShares.push(cpuShare);
    return samples;
  }

  /** Waits until every story can be read as of its newest answer: the load before weighs no more on the one to come. */
  async settle(): Promise<void> {
    const { signal } = this.context;
    const end = performance.now() + SETTLE_MS;
    let waiting = [...this.stories];
    while (waiting.length > 0) {
      const late: Story[] = [];
      await inParallel(waiting, async (story) => {
        const reply = await this.caller.send(story.look());
        if (reply.status >= 300 || !isWhole(toldIn(reply))) late.push(story);
      });
      waiting = late;
      if (performance.now() > end) throw new Error(`${late.length} stories can't be read as of their newest answers`);
      await delay(50, undefined, { signal });
    }
  }

  async strike(): Promise<void> {
    this.caller.close();
    await this.installation.stop();
  }
}
