/** A stream is left for a new one after this many appends. */
const APPENDS_PER_STREAM = 20;

/** What a writer appends next. */
export interface Step {
  readonly stream: string;
  /** 1 to 7. */
  readonly events: number;
  /** Version that the stream has. */
  readonly version: number;
}

/** The same streams and sizes in each run: a writer's appends, one after the other. */
export function* steps(writer: number): Generator<Step, never> {
  let version = 0;
  for (let n = 0; ; n += 1) {
    if (n % APPENDS_PER_STREAM === 0) version = 0;
    // Neither step shares a factor with 7: all sizes come, in another order for each writer.
    const events = 1 + ((n * 3 + writer * 5) % 7);
    yield { stream: `w${writer}n${Math.floor(n / APPENDS_PER_STREAM)}`, events, version };
    version += events;
  }
}
