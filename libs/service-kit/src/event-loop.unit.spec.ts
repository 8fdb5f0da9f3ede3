import { setTimeout as delay } from 'node:timers/promises';
import { Metrics } from './metrics.ts';

const longest = async (metrics: Metrics): Promise<number> => {
  const text = await metrics.registry.metrics();
  return Number(/^agon_event_loop_delay_seconds\{quantile="1"[^}]*\} (.+)$/m.exec(text)?.[1]);
};

describe('the delay of the event loop', () => {
  it('shows how long others had to wait since the last look', async () => {
    const metrics = new Metrics('test');
    await delay(50);
    await longest(metrics);
    await delay(30);
    const until = performance.now() + 300;
    while (performance.now() < until);
    await delay(30);
    expect(await longest(metrics)).toBeGreaterThan(0.25);
    await delay(30);
    expect(await longest(metrics)).toBeLessThan(0.25);
  });
});
