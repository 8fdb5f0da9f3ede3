import type { RefinementDelta, RefinementRequest } from '@agon/contracts';

/** The least time between two drafts of one text, in milliseconds: ten a second read as a text that is being written. */
const INTERVAL_MS = 100;
/** A second call of the same refinement goes on counting from here, so that its drafts are newer than the first one's. */
const PER_ATTEMPT = 100_000;

/** The drafts of one text while the model writes it: at most one each 100 ms, and always the last. */
export class Drafts {
  private sequence: number;
  private pending: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param itemId the item whose text it is.
   * @param attempt from 1: how often the request was delivered.
   * @param send may lose a draft; must not throw.
   */
  constructor(
    private readonly request: RefinementRequest,
    private readonly itemId: string,
    attempt: number,
    private readonly send: (delta: RefinementDelta) => void,
  ) {
    this.sequence = (attempt - 1) * PER_ATTEMPT;
  }

  /** The whole text so far. */
  write(text: string): void {
    this.pending = text;
    if (this.timer === undefined) this.flush();
  }

  /** Nothing more will be written: sends what has not been sent yet. */
  end(): void {
    this.flush();
    this.drop();
  }

  /** The call has failed: what was not sent yet is of no use. */
  drop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pending = undefined;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending === undefined) return;
    const { refinementId, revision } = this.request;
    const { itemId, sequence, pending: text } = this;
    this.send({ refinementId, itemId, revision: revision + 1, sequence, text });
    this.sequence += 1;
    this.pending = undefined;
    this.timer = setTimeout(() => this.flush(), INTERVAL_MS);
  }
}
