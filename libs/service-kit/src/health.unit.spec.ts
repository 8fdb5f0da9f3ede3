import { HealthRegistry, type HealthIndicator } from './health.ts';

const registry = (...indicators: HealthIndicator[]): HealthRegistry => {
  const health = new HealthRegistry('thing', 30);
  for (const indicator of indicators) health.register(indicator);
  health.started();
  return health;
};

describe('readiness', () => {
  it('is ready when all is up', async () => {
    const health = registry({ name: 'a', check: () => 'up' }, { name: 'b', check: async () => ({ state: 'up' }) });
    expect(await health.readiness()).toEqual({
      status: 'ready',
      service: 'thing',
      phase: 'running',
      checks: { a: { state: 'up' }, b: { state: 'up' } },
    });
  });

  it('is degraded when something is, or when something optional is down', async () => {
    const lagging = registry({ name: 'lag', check: () => ({ state: 'degraded', detail: '7 behind' }) });
    expect(await lagging.readiness()).toMatchObject({ status: 'degraded', checks: { lag: { detail: '7 behind' } } });
    const alone = registry({ name: 'broker', required: false, check: () => 'down' });
    expect(await alone.readiness()).toMatchObject({ status: 'degraded', checks: { broker: { state: 'degraded' } } });
  });

  it('is down when something required is down, fails, or does not answer', async () => {
    const failing = registry({
      name: 'database',
      check: () => {
        throw new Error('connection refused');
      },
    });
    expect(await failing.readiness()).toMatchObject({
      status: 'down',
      checks: { database: { state: 'down', detail: 'connection refused' } },
    });
    const silent = registry({ name: 'database', check: () => new Promise(() => {}) }, { name: 'x', check: () => 'up' });
    expect(await silent.readiness()).toMatchObject({
      status: 'down',
      checks: { database: { state: 'down', detail: 'no answer in 30 ms' }, x: { state: 'up' } },
    });
  });

  it('is down before the consumers are bound and once the process is told to end', async () => {
    const health = new HealthRegistry('thing');
    expect(await health.readiness()).toMatchObject({ status: 'down', phase: 'starting' });
    health.started();
    expect(await health.readiness()).toMatchObject({ status: 'ready' });
    health.stopping();
    expect(await health.readiness()).toMatchObject({ status: 'down', phase: 'stopping' });
  });

  it('refuses a second indicator of one name', () => {
    const health = registry({ name: 'a', check: () => 'up' });
    expect(() => health.register({ name: 'a', check: () => 'down' })).toThrow('health indicator a exists already');
  });
});
