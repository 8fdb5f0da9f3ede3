import { AgonClient, AgonProblem, type FeedPage, type FeedState } from '@agon/client';
import type { Answer, StoryState } from '@agon/contracts';
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../stack-error.ts';
import { agreement } from './agreement.ts';
import { blockingCallsOf } from './call-sites.ts';
import type { Call } from './calls.ts';
import { lackOfAnswer, lackOfFeed, lackOfState } from './demands.ts';
import type { Follower } from './follower.ts';
import { type GoldenFile, type Told, differences } from './golden.ts';
import { Stopwatch } from './stopwatch.ts';
import { type ReadStep, SEED, type Step, TALE, type WriteStep } from './tale.ts';

/** Milliseconds for which a stale state is read again. */
const PATIENCE = 5_000;

/** Is told of a story as it is played. */
export interface Audience {
  answered(step: WriteStep, answer: Answer, ms: number): void;
  stateRead(step: ReadStep, state: StoryState, ms: number): void;
  feedRead(step: ReadStep, page: FeedPage, ms: number): void;
}

export interface PlayOptions {
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  readonly golden: GoldenFile;
  readonly signal: AbortSignal;
  readonly audience?: Audience;
  /** Begins to follow the stream of the story; who is called ends that, long after the story. */
  readonly follow: (storyId: string) => Follower;
  /** Milliseconds that a reader takes after each write; none if left out. */
  readonly pauseMs?: number;
}

/** How a story went. */
export interface Played {
  readonly storyId: string;
  /** Of the newest answer. */
  readonly position: number;
  readonly calls: readonly Call[];
  /** What an answer lacked or where a number was wrong, a line each; empty when all was well. */
  readonly missed: readonly string[];
  /** What the stream's reader knew at the end. */
  readonly end: FeedState | undefined;
  /** Milliseconds that the stream's reader came behind the state at the end. */
  readonly catchUpMs: number;
  /** Readings of the state that were older than was asked for. */
  readonly staleReads: number;
}

/** Plays the whole tale once. Rejects only when the signal ends it. */
export async function playStory(options: PlayOptions): Promise<Played> {
  const play = new Play(options);
  try {
    for (const step of TALE) {
      options.signal.throwIfAborted();
      await play.take(step);
    }
  } catch (error) {
    options.signal.throwIfAborted();
    play.fail(error);
  }
  return play.result();
}

class Play {
  private readonly options: PlayOptions;
  private readonly stopwatch: Stopwatch;
  private readonly client: AgonClient;
  /** Whose calls are not clocked. */
  private readonly observer: AgonClient;
  private readonly calls: Call[] = [];
  private readonly missed: string[] = [];
  private storyId = '';
  private conflictId = '';
  /** Of the newest answer. */
  private position = 0;
  private stress: Record<string, number> = {};
  private follower: Follower | undefined;
  private end: FeedState | undefined;
  private catchUpMs = 0;
  private staleReads = 0;
  private title = '';

  constructor(options: PlayOptions) {
    this.options = options;
    this.stopwatch = new Stopwatch(options.signal);
    this.client = new AgonClient({ ...options, fetch: this.stopwatch.fetch });
    this.observer = new AgonClient(options);
  }

  async take(step: Step): Promise<void> {
    this.title = step.title;
    if ('send' in step) await this.write(step);
    else if (step.kind === 'state') await this.readState(step);
    else await this.readFeed(step);
  }

  fail(error: unknown): void {
    this.miss([error instanceof AgonProblem ? `refused with ${error.code}: ${error.message}` : messageOf(error)]);
  }

  result(): Played {
    const { storyId, position, calls, missed, end, catchUpMs, staleReads } = this;
    return { storyId, position, calls, missed, end, catchUpMs, staleReads };
  }

  private async write(step: WriteStep): Promise<void> {
    const { client, storyId, conflictId } = this;
    const answer = await step.send({ client, seed: SEED, storyId, conflictId });
    this.clocked(step, blockingCallsOf(step.kind, answer));
    this.storyId = answer.storyId;
    this.conflictId = answer.conflictId ?? conflictId;
    this.position = answer.position;
    this.follower ??= this.options.follow(answer.storyId);
    for (const { npcId, stress } of [...(answer.stakeholders ?? []), ...(answer.stress ?? [])]) {
      this.stress[npcId] = stress;
    }
    this.miss(lackOfAnswer(step.kind, answer));
    for (const { npcId, role } of answer.stakeholders ?? []) {
      const dealt = this.options.golden.roles[npcId];
      if (role !== dealt) this.miss([`role of ${npcId} is ${role}, not ${String(dealt)}`]);
    }
    const { flow, tension, scene, items, pending } = answer;
    // Numbers that are pending are not wrong, and the answer is counted as missed already.
    if (pending.length === 0) {
      this.compare(step, { flow, tension, scene, stress: this.stress, tells: items.map(({ kind }) => kind) });
    }
    this.options.audience?.answered(step, answer, this.stopwatch.ms);
    const { pauseMs, signal } = this.options;
    if (pauseMs !== undefined) await delay(pauseMs, undefined, { signal });
  }

  private async readState(step: ReadStep): Promise<void> {
    const state = await this.freshState(step);
    const lacks = lackOfState(state, this.position);
    this.miss(lacks);
    if (lacks.length === 0) {
      await this.hearBoth(state);
      if (step.id === 'end') this.compareEnd(step, state);
    }
    this.options.audience?.stateRead(step, state, this.stopwatch.ms);
  }

  /** Reads again while the answer says that it is stale, as a game would; every reading counts as a call. */
  private async freshState(step: ReadStep): Promise<StoryState> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const state = await this.client.state(this.storyId, { after: this.position });
      this.clocked(step);
      if (!state.stale || performance.now() > end) return state;
      this.staleReads += 1;
    }
  }

  private async readFeed(step: ReadStep): Promise<void> {
    const page = await this.client.feed(this.storyId);
    this.clocked(step);
    this.miss(lackOfFeed(page));
    this.options.audience?.feedRead(step, page, this.stopwatch.ms);
  }

  /** The stream's reader must know what the state says. The newest answer ends with an entry of the feed. */
  private async hearBoth(state: StoryState): Promise<void> {
    const { follower } = this;
    if (follower === undefined) return;
    const from = performance.now();
    await follower.reached(this.position);
    this.catchUpMs = performance.now() - from;
    const readAgain = (after: number) => this.observer.state(this.storyId, { after });
    const { told, differences: found } = await agreement(follower, state, readAgain);
    this.end = told;
    this.miss(found);
  }

  private compareEnd(step: ReadStep, { conflicts, circle }: StoryState): void {
    const conflict = conflicts.find(({ conflictId }) => conflictId === this.conflictId);
    const stress = Object.fromEntries((conflict?.stakeholders ?? []).map((who) => [who.npcId, who.stress]));
    this.compare(step, { flow: conflict?.flow ?? undefined, tension: conflict?.tension, stress, tells: [] });
    if (conflict?.status !== 'resolved') this.miss(['the conflict is not resolved']);
    if (!isDeepStrictEqual(circle.reputations, this.options.golden.reputations)) {
      this.miss([`reputations are ${JSON.stringify(circle.reputations)}`]);
    }
  }

  private compare({ id }: Step, told: Told): void {
    const expected = this.options.golden.steps[id];
    if (expected !== undefined) this.miss(differences(told, expected));
  }

  private clocked({ kind }: Step, modelCalls = 0): void {
    this.calls.push({ kind, ms: this.stopwatch.ms, modelCalls });
  }

  private miss(what: readonly string[]): void {
    this.missed.push(...what.map((line) => `"${this.title}": ${line}`));
  }
}
