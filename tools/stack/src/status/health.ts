/** Milliseconds for one look at a service. */
const patience = 2000;

/** What `/health/ready` says: `ready`, `degraded`, `down`, or `no answer`. */
export async function readHealth(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(patience) });
    const body: unknown = await response.json();
    const said: unknown = typeof body === 'object' && body !== null && 'status' in body ? body.status : undefined;
    if (typeof said === 'string') return said;
    return response.ok ? 'ready' : 'down';
  } catch {
    return 'no answer';
  }
}
