import { ModelFailure } from './model.ts';

/** Ends a call that has gone silent: the client's own timeout ends with the response's head. */
export class Watch {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  /** Aborted with the ModelFailure `stalled`. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Gives the call so many milliseconds from now to be heard of; they take the place of what was left. */
  allow(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => this.controller.abort(new ModelFailure('stalled', 'failure', `nothing came for ${ms} ms`)),
      ms,
    );
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
