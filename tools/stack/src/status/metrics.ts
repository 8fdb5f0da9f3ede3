/** Milliseconds for one look at a service. */
const patience = 2000;

/** The values of a metric in Prometheus' text format, one per set of labels. */
export function valuesOf(text: string, metric: string): number[] {
  const values: number[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith(metric)) continue;
    const match = /^(?:\{.*\})? (\S+)/.exec(line.slice(metric.length));
    const value = Number(match?.[1]);
    if (match !== null && Number.isFinite(value)) values.push(value);
  }
  return values;
}

export interface Lags {
  /** Events of the worst partition that are in the log and not yet in JetStream. */
  readonly publishing: number | undefined;
  /** Messages of all partitions that wait for the service. */
  readonly consuming: number | undefined;
}

export function lagsOf(text: string): Lags {
  const publishing = valuesOf(text, 'agon_publish_lag');
  const consuming = valuesOf(text, 'agon_consumer_lag');
  return {
    publishing: publishing.length === 0 ? undefined : Math.max(...publishing),
    consuming: consuming.length === 0 ? undefined : consuming.reduce((sum, value) => sum + value, 0),
  };
}

/** The lags that a service reports; empty when it does not answer. */
export async function readLags(url: string): Promise<Lags> {
  try {
    const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(patience) });
    return lagsOf(await response.text());
  } catch {
    return { publishing: undefined, consuming: undefined };
  }
}
