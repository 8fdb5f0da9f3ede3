import type { DataOf, FailureReason, RefinementRequest } from '@agon/contracts';

/** What one call of a model brought. */
export interface ModelAnswer {
  /** Checked against the task's schema; whether it may change anything is the owner's to judge. */
  readonly output: DataOf<'RefinementAnswered'>['output'];
  readonly provenance: DataOf<'RefinementAnswered'>['provenance'];
  readonly usage: DataOf<'RefinementAnswered'>['usage'];
  /** Milliseconds from the call to the first token; null when the answer came in one piece. */
  readonly firstTokenMs: number | null;
  /** Milliseconds from the call to its end. */
  readonly callMs: number;
}

/** What an outcome means to the breaker; `broken` opens it at once and for long (wrong key, no quota). */
export type Verdict = 'success' | 'failure' | 'neutral' | 'broken';

/** Why a call brought no answer. */
export class ModelFailure extends Error {
  override readonly name = 'ModelFailure';

  constructor(
    readonly reason: FailureReason,
    readonly verdict: Exclude<Verdict, 'success'>,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}

export interface CallOptions {
  /** Aborted at the deadline: the call ends and its socket closes. */
  readonly signal: AbortSignal;
  /** Told the whole text so far whenever it has grown; only for tasks that write a text. */
  readonly onText?: ((text: string) => void) | undefined;
}

/** One model at one provider. */
export interface Model {
  /** Such as `openai`, `ollama`, `sim`. */
  readonly provider: string;
  /** As the provider names it. */
  readonly name: string;
  /**
   * Asks once; nothing is repeated here.
   * @throws ModelFailure
   * @throws the signal's reason when it was aborted from outside
   */
  answer(request: RefinementRequest, options: CallOptions): Promise<ModelAnswer>;
}

/** The model that this process asks, and how it was chosen; without a model every request is declined as `off`. */
export interface ModelChoice {
  readonly model: Model | undefined;
  /** One line for the log and for `status`, such as "llm-sim, a simulated model, at http://127.0.0.1:7605/v1". */
  readonly description: string;
}
