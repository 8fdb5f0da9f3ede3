import { type History, type ToldInput, breachesOf, canonical, settled, storyOf, visibleOf } from '@agon/testing/laws';
import { FeedFollower, Players, type Told } from '@agon/testing/load';
import type { TestStackOptions } from '@agon/testing';
import { type Installation, startInstallation } from './installation.ts';
import { LogTail } from './log-tail.ts';
import { refolded } from './refold.ts';
import type { ScenarioContext, ScenarioResult } from './scenario.ts';

/** Longest time from a fault's end until all is well again, in seconds. */
const RECOVERY_LIMIT_S = 10;
/** A system that has not recovered after this is given up, in milliseconds. */
const PATIENCE_MS = 90_000;
/**
 * Longest time for 99 % of the answers outside the fault, in milliseconds; and whoever is answered more slowly has not
 * recovered yet.
 */
const HOT_PATH_MS = 200;
/** So many slow ones say nothing where there are too few answers for a 99th percentile. */
const FEW = 2;
/** Mean time between an answer and the player's next input, in milliseconds. */
const THINK_MS = 100;
/** Entries after which a reader of the feed drops its connection by itself. */
const CUT_EVERY = 25;

export interface FireOptions extends TestStackOptions {
  /** Players, each with a story of its own; 4 if left out. */
  readonly players?: number;
  /** Mean time between an answer and the player's next input, in milliseconds; 100 if left out. */
  readonly thinkMs?: number;
  /** Starts the installation in another way than {@link startInstallation}. */
  readonly start?: (options: TestStackOptions) => Promise<Installation>;
  /** Whether answers outside the fault must be quick (default); not where it takes what they depend on. */
  readonly hotPath?: boolean;
}

/** One fault: what is done, and what ends it. The time to recover counts from the beginning of `end`. */
export interface Fault {
  readonly what: string;
  readonly begin: () => Promise<unknown>;
  readonly end?: () => Promise<unknown>;
}

interface Window {
  readonly from: number;
  readonly to: number;
}

/** An installation under play while faults are injected. */
export class Fire {
  readonly players: Players;
  /** What the scenario itself has told, besides the players. */
  readonly told: ToldInput[] = [];
  /** Breaches that the scenario itself found. */
  readonly violations: string[] = [];
  private readonly recoverySeconds: number[] = [];
  private readonly windows: Window[] = [];
  private readonly followers: FeedFollower[] = [];
  private readonly tail: LogTail;
  private readonly begun = performance.now();
  private faults = 0;

  constructor(
    readonly installation: Installation,
    private readonly context: ScenarioContext,
    private readonly options: FireOptions,
  ) {
    this.players = new Players(installation.urls, options.thinkMs ?? THINK_MS);
    this.tail = new LogTail(installation);
  }

  /** Lets everybody play, and somebody read along in each story. */
  async start(): Promise<void> {
    const count = this.options.players ?? 4;
    this.players.start(count);
    await this.players.goOn(count * 4);
    // Processes that have just been started have never played: `npm run bench -- hot-path` tells how long that takes.
    await this.players.answeredSince(this.begun, PATIENCE_MS, this.quickMs);
    this.windows.push({ from: this.begun, to: performance.now() });
    const { urls } = this.installation;
    this.followers.push(...this.players.storyIds.map((storyId) => new FeedFollower(urls, storyId, CUT_EVERY)));
  }

  /** Waits until so many more inputs were accepted. */
  goOn(inputs: number): Promise<void> {
    return this.players.goOn(inputs, PATIENCE_MS);
  }

  /** Injects a fault under play and waits until every player is answered completely again, and as quickly as outside of it. */
  async fault({ what, begin, end = () => Promise.resolve() }: Fault): Promise<void> {
    this.context.signal.throwIfAborted();
    const from = performance.now();
    this.faults += 1;
    await begin();
    const ended = performance.now();
    await end();
    await this.players.answeredSince(ended, PATIENCE_MS, this.quickMs);
    const to = performance.now();
    const seconds = (to - ended) / 1000;
    this.recoverySeconds.push(seconds);
    this.windows.push({ from, to });
    if (this.context.timed && seconds > RECOVERY_LIMIT_S)
      this.violations.push(`${what}: recovery took ${seconds.toFixed(1)} s`);
    this.context.say(`${what}: well again after ${seconds.toFixed(1)} s`);
  }

  /** Ends the play, waits until the installation is at rest, and looks whether every law holds. */
  async end(): Promise<ScenarioResult> {
    const { players, installation } = this;
    await players.stop();
    const seconds = (performance.now() - this.begun) / 1000;
    this.context.say('at rest?');
    const history = await settled(installation, PATIENCE_MS);
    this.context.say('checking the laws');
    const latency = this.latencyOutsideFaults();
    const violations = [
      ...this.violations,
      ...(await players.repeatAll()),
      ...(await breachesOf(installation, history, [...players.told, ...this.told])),
      ...(await this.tail.compare(history)),
      ...(await this.readAlong(history)),
      ...(await refolded(installation, installation.stack, history)),
    ];
    if (latency.slow > Math.max(FEW, latency.answers / 100)) {
      const { slow, answers, p99 } = latency;
      violations.push(
        `${slow} of ${answers} answers outside the fault took over ${HOT_PATH_MS} ms, 99 % ${p99.toFixed(0)} ms`,
      );
    }
    const events = [...history.values()].reduce((sum, { length }) => sum + length, 0);
    return {
      load: {
        players: players.storyIds.length,
        inputs: players.told.length,
        inputsPerSecond: Math.round(players.told.length / seconds),
        repeats: players.failures,
        events,
      },
      faults: this.faults,
      recoverySeconds: this.recoverySeconds,
      violations,
      figures: { p50Ms: latency.p50, p99Ms: latency.p99 },
    };
  }

  /** Lets go of the installation, however the scenario ended. */
  async stop(): Promise<void> {
    await Promise.allSettled([
      this.players.abandon(),
      this.tail.stop(),
      ...this.followers.map((follower) => follower.stop()),
    ]);
  }

  /** Readers of the feed got what players may see: all of it, once, in order. */
  private async readAlong(history: History): Promise<string[]> {
    const breaches: string[] = [];
    for (const [n, follower] of this.followers.entries()) {
      const storyId = this.players.storyIds[n] ?? '';
      const visible = visibleOf(storyOf(history, storyId));
      await follower.reached(visible.at(-1)?.position ?? 0);
      await follower.stop();
      if (canonical(follower.entries) === canonical(visible)) continue;
      breaches.push(`a reader of ${storyId}: ${differenceOf(follower.ids, visible)}`);
    }
    return breaches;
  }

  private get quickMs(): number {
    return this.context.timed && this.options.hotPath !== false ? HOT_PATH_MS : Infinity;
  }

  private latencyOutsideFaults(): { answers: number; slow: number; p50: number; p99: number } {
    const within = ({ begun, reply }: Told): boolean =>
      this.windows.some(({ from, to }) => begun <= to && begun + reply.ms >= from);
    const times = this.players.told
      .filter((told) => !within(told))
      .map(({ reply }) => reply.ms)
      .toSorted((a, b) => a - b);
    const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
    const slow = times.filter((ms) => ms > this.quickMs).length;
    return { answers: times.length, slow, p50: at(0.5), p99: at(0.99) };
  }
}

function differenceOf(got: readonly number[], visible: readonly { position: number }[]): string {
  const wanted = visible.map(({ position }) => position);
  const had = new Set(got);
  const missed = wanted.filter((position) => !had.has(position));
  const strange = got.filter((position) => !wanted.includes(position));
  if (missed.length + strange.length > 0) return `missed ${missed.join()}, got ${strange.join()} too`;
  return had.size < got.length ? 'got entries twice' : 'the entries are not as the log has them, or out of order';
}

/**
 * The course of most scenarios: start an installation, let players play in it, inject faults, and look whether every law
 * holds once all is at rest.
 */
export async function underFire(
  context: ScenarioContext,
  options: FireOptions,
  attack: (fire: Fire) => Promise<void>,
): Promise<ScenarioResult> {
  const installation = await (options.start ?? startInstallation)(options);
  const fire = new Fire(installation, context, options);
  try {
    await fire.start();
    await attack(fire);
    return await fire.end();
  } finally {
    await fire.stop();
    await installation.stop();
  }
}
