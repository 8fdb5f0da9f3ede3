import type { Lane } from '@agon/contracts';
import { LANES } from './lane-streams.ts';

/**
 * How long a more urgent lane that has just been asked may keep silent before it counts as empty, in milliseconds. A broker
 * that holds a message answers in one or two; a machine that is busy takes its time.
 */
const GRACE_MS = 50;

/** Gives a slot back; once is enough, more is harmless. */
export type Release = () => void;

/**
 * The model's calls under way at once, shared by the lanes: a free slot goes to the most urgent lane that holds a message. A
 * lane asks the broker only while a slot is free, so that what waits can still be superseded, and what waits for long is
 * with the broker.
 */
export class Slots {
  private free: number;
  private readonly offers = new Map<Lane, (release: Release) => void>();
  /** Lanes of which nobody knows whether they hold a message; with a timer once they have been asked. */
  private readonly unknown = new Map<Lane, NodeJS.Timeout | undefined>();
  private readonly idle = new Set<() => void>();

  /** @param count calls at once. */
  constructor(
    private readonly count: number,
    private readonly graceMs = GRACE_MS,
  ) {
    this.free = count;
  }

  get taken(): number {
    return this.count - this.free;
  }

  /** Resolves when a slot is free, or when the signal fires: the lane may ask the broker. */
  async whenFree(lane: Lane, signal: AbortSignal): Promise<void> {
    if (this.free > 0 || signal.aborted) return;
    this.doubt(lane, undefined);
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.idle.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.idle.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  /** The lane has asked the broker: without an answer it soon counts as empty. */
  asks(lane: Lane): void {
    if (this.unknown.has(lane))
      this.doubt(
        lane,
        setTimeout(() => this.passes(lane), this.graceMs),
      );
  }

  /** The lane has nothing, or can't be asked: the less urgent ones need not wait for it. */
  passes(lane: Lane): void {
    clearTimeout(this.unknown.get(lane));
    this.unknown.delete(lane);
    this.grant();
  }

  /** The lane holds a message. Resolves to its slot; to undefined when the signal fires first. */
  take(lane: Lane, signal: AbortSignal): Promise<Release | undefined> {
    // Behind this message there may be more.
    this.doubt(lane, undefined);
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      const cancel = (): void => {
        this.offers.delete(lane);
        resolve(undefined);
      };
      this.offers.set(lane, (release) => {
        signal.removeEventListener('abort', cancel);
        resolve(release);
      });
      signal.addEventListener('abort', cancel);
      this.grant();
    });
  }

  private doubt(lane: Lane, timer: NodeJS.Timeout | undefined): void {
    clearTimeout(this.unknown.get(lane));
    this.unknown.set(lane, timer);
  }

  private grant(): void {
    if (this.free === 0) return;
    for (const lane of LANES) {
      const offer = this.offers.get(lane);
      if (offer !== undefined) {
        this.offers.delete(lane);
        this.free -= 1;
        return offer(this.releaser());
      }
      if (this.unknown.has(lane)) return;
    }
  }

  private releaser(): Release {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.free += 1;
      for (const wake of this.idle) wake();
      this.grant();
    };
  }
}
