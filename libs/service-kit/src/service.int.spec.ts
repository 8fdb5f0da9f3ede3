import { once } from 'node:events';
import { connect } from 'node:net';
import {
  Controller,
  Get,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  Post,
  Body,
  StandardSchemaValidationPipe,
} from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { z } from 'zod';
import { baseConfig, portVariable } from './base-config.ts';
import { parseConfig } from './config.ts';
import { currentCorrelation, withCorrelation } from './correlation.ts';
import { HealthRegistry } from './health.ts';
import { createLogger } from './logs.ts';
import { Metrics } from './metrics.ts';
import { Logger } from 'nestjs-pino';
import { type RunningService, startService } from './start-service.ts';

const schema = baseConfig.extend({ AGON_PORT: portVariable(0) });
const parsed = parseConfig(schema, {
  DATABASE_URL: 'postgres://a:hidden@h/d',
  NATS_URL: 'nats://h',
  LOG_LEVEL: 'debug',
});
if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
const { config } = parsed;
const order: string[] = [];
let database: 'up' | 'down' = 'up';
let release = (): void => {};

@Controller()
class ThingController {
  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  @Get('thing')
  thing(): Promise<{ correlation: string | undefined }> {
    return withCorrelation('c-1', async () => {
      await Promise.resolve();
      this.logger.log('inside');
      this.metrics.handled('thing', 'ThingHappened', 0.003);
      return { correlation: currentCorrelation() };
    });
  }

  @Post('checked')
  checked(@Body({ schema: z.object({ n: z.number() }) }) body: { n: number }): { n: number } {
    return body;
  }

  @Get('slow')
  async slow(): Promise<{ done: true }> {
    order.push('request');
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return { done: true };
  }

  @EventPattern('nothing')
  never(_data: unknown): void {}
}

@Module({ controllers: [ThingController] })
class ThingModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly health: HealthRegistry) {}

  onApplicationBootstrap(): void {
    order.push('module up');
    this.health.register({ name: 'database', check: () => database });
  }

  onApplicationShutdown(): void {
    order.push('module freed');
  }
}

/** Collects what the service logs. */
const lines: Record<string, unknown>[] = [];
const destination = {
  write: (line: string) => void lines.push(z.record(z.string(), z.unknown()).parse(JSON.parse(line))),
};

const strategy = () => ({
  listen: (ready: () => void) => {
    order.push('transport up');
    ready();
  },
  close: () => void order.push('transport closed'),
  addHandler: () => {},
  setTransportId: () => {},
  setOnProcessingStartHook: () => {},
  setOnProcessingEndHook: () => {},
});

const warm = async (): Promise<void> => void order.push('warm');

const send = (url: string, body: object): Promise<Response> =>
  fetch(`${url}/checked`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('a service', () => {
  let service: RunningService;
  const get = (path: string) => fetch(`${service.url}${path}`);

  beforeAll(async () => {
    const logger = createLogger('thing', 'debug', destination);
    service = await startService(ThingModule, {
      service: 'thing',
      schema,
      config,
      logger,
      configure: (app) => void app.useGlobalPipes(new StandardSchemaValidationPipe()),
      strategy,
      warm,
    });
  });
  afterAll(async () => {
    release();
    await service.close();
  });

  it('takes messages only after its modules are up, and requests last', () => {
    expect(order).toEqual(['module up', 'warm', 'transport up']);
    expect(service.port).toBeGreaterThan(0);
  });

  it('logs its configuration once, without passwords', () => {
    const shown = lines.filter(({ msg }) => msg === 'configuration in effect');
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({ service: 'thing', config: { DATABASE_URL: 'postgres://a:***@h/d' } });
    expect(JSON.stringify(lines)).not.toContain('hidden');
  });

  it('is live and ready, and says 503 while something required is down', async () => {
    expect(await (await get('/health/live')).json()).toEqual({ status: 'live' });
    expect(await (await get('/health/ready')).json()).toMatchObject({
      status: 'ready',
      checks: { database: { state: 'up' } },
    });
    database = 'down';
    const response = await get('/health/ready');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: 'down', checks: { database: { state: 'down' } } });
    expect((await get('/health/live')).status).toBe(200);
    database = 'up';
  });

  it('carries the correlation id into logs', async () => {
    expect(await (await get('/thing')).json()).toEqual({ correlation: 'c-1' });
    expect(lines.find(({ msg }) => msg === 'inside')).toMatchObject({ correlationId: 'c-1', service: 'thing' });
  });

  it('logs requests at debug, never probes', async () => {
    await get('/thing');
    await get('/health/live');
    const completed = lines.filter(({ msg }) => msg === 'request completed');
    expect(completed.length).toBeGreaterThan(0);
    expect(new Set(completed.map(({ level }) => level))).toEqual(new Set([20]));
    expect(JSON.stringify(completed)).not.toContain('/health');
  });

  it('counts in Prometheus format, labelled with the service', async () => {
    service.app
      .get(Metrics)
      .gauge('agon_test_lag', 'Lag', ['partition'], () => [{ labels: { partition: 3 }, value: 5 }]);
    const response = await get('/metrics');
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('agon_handler_seconds_count{service="thing",handler="thing",event="ThingHappened"} 2');
    expect(text).toContain('agon_test_lag{partition="3",service="thing"} 5');
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('checks bodies when asked to', async () => {
    expect((await send(service.url, { n: 1 })).status).toBe(201);
    expect((await send(service.url, { n: 'one' })).status).toBe(400);
  });

  it('finishes what is under way before it frees anything, and waits for no connection held in reserve', async () => {
    const reserve = connect(service.port, '127.0.0.1');
    await once(reserve, 'connect');
    const answer = get('/slow');
    while (!order.includes('request')) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = service.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(order).not.toContain('module freed');
    if (!reserve.closed) await once(reserve, 'close');
    release();
    expect(await (await answer).json()).toEqual({ done: true });
    await closed;
    expect(order.slice(-3)).toEqual(['request', 'transport closed', 'module freed']);
    await expect(get('/health/live')).rejects.toThrow();
  });
});
