import { Problem } from '@agon/contracts';

/** Agon refused a request: RFC 9457 problem details as an error. `code` tells the kind, `errors` each wrong field. */
export class AgonProblem extends Error {
  override readonly name = 'AgonProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super([problem.title, problem.detail, ...(problem.errors ?? []).map(said)].filter(Boolean).join('; '));
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }

  get code(): string {
    return this.problem.code;
  }

  get errors(): readonly { field: string; message: string }[] {
    return this.problem.errors ?? [];
  }

  /** Whether the same request may succeed later; a write is repeated under the same idempotency key. */
  get isTransient(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

const said = ({ field, message }: { field: string; message: string }): string => `${field} ${message}`;

/** An answer that does not fit its contract; the client and the server are of different versions. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

/** The problem that a response with an error status tells; one is made up where something else answered, a proxy say. */
export function problemOf(status: number, body: string): AgonProblem {
  const told = Problem.safeParse(parsed(body));
  if (told.success) return new AgonProblem(told.data);
  return new AgonProblem({ type: 'about:blank', title: `HTTP status ${status}`, status, code: `http_${status}` });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
