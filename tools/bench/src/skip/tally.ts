/** What a reader made of what the writers wrote. All three must be 0. */
export interface Verdict {
  readonly appended: number;
  /** Stored, and never seen. */
  readonly skipped: number;
  /** Seen again. */
  readonly duplicated: number;
  /** Seen after a later one of its stream. */
  readonly misordered: number;
}

/** Compares events as they were stored with events as a reader saw them. */
export class Tally {
  /** Number of events per stream: its versions are 1 to that. */
  private readonly written = new Map<string, number>();
  private readonly read = new Map<string, { readonly versions: Set<number>; last: number }>();
  private duplicated = 0;
  private misordered = 0;
  /** Events seen so far, duplicates included. */
  seen = 0;

  /** The stream has been stored up to this version. */
  wrote(stream: string, version: number): void {
    this.written.set(stream, Math.max(version, this.written.get(stream) ?? 0));
  }

  saw(stream: string, version: number): void {
    this.seen += 1;
    const known = this.read.get(stream) ?? { versions: new Set<number>(), last: 0 };
    this.read.set(stream, known);
    if (known.versions.has(version)) this.duplicated += 1;
    else if (version < known.last) this.misordered += 1;
    known.versions.add(version);
    known.last = Math.max(known.last, version);
  }

  /** When nothing more comes. */
  verdict(): Verdict {
    let appended = 0;
    let skipped = 0;
    for (const [stream, version] of this.written) {
      appended += version;
      const versions = this.read.get(stream)?.versions ?? new Set<number>();
      for (let n = 1; n <= version; n += 1) if (!versions.has(n)) skipped += 1;
    }
    return { appended, skipped, duplicated: this.duplicated, misordered: this.misordered };
  }
}
