import { z } from 'zod';

/** Milliseconds for one look at a service. */
const patience = 2000;

/** The part of `/health/ready` that is looked at. */
const Readiness = z.object({
  status: z.string(),
  checks: z.object({ model: z.object({ detail: z.string() }).optional().catch(undefined) }).optional(),
});

export interface Health {
  /** `ready`, `degraded`, `down`, or `no answer`. */
  readonly status: string;
  /** Of the llm-gateway: which model it asks, and how that is. */
  readonly model?: string | undefined;
}

/** What `/health/ready` says. */
export async function readHealth(url: string): Promise<Health> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(patience) });
    const said = Readiness.safeParse(await response.json());
    if (said.success) return { status: said.data.status, model: said.data.checks?.model?.detail };
    return { status: response.ok ? 'ready' : 'down' };
  } catch {
    return { status: 'no answer' };
  }
}
