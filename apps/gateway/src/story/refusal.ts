import { type Problem, type ProblemCode, problems } from '@agon/contracts';

/** A request that Agon does not take, with its code and the fields at fault. */
export class Refusal extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly errors: readonly { field: string; message: string }[] = [],
    readonly detail?: string,
  ) {
    super(problems[code].title);
  }

  /** The body of the answer, RFC 9457; `instance` is the path that was asked. */
  toProblem(instance: string): Problem {
    const { status, title } = problems[this.code];
    return {
      type: 'about:blank',
      title,
      status,
      code: this.code,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      instance,
      ...(this.errors.length === 0 ? {} : { errors: [...this.errors] }),
    };
  }
}
