import { jest } from '@jest/globals';
import { Module, type OnModuleInit } from '@nestjs/common';
import { createServer, type Server } from 'node:http';
import { baseConfig, type BaseConfig, portVariable } from './base-config.ts';
import { bootstrap } from './bootstrap.ts';
import { createLogger } from './logs.ts';
import type { RunningService } from './start-service.ts';

const schema = baseConfig.extend({ AGON_PORT: portVariable(0) });
const config = (AGON_PORT: number): BaseConfig => ({
  DATABASE_URL: 'postgres://h/d',
  NATS_URL: 'nats://h',
  AGON_PORT,
  AGON_HOST: '127.0.0.1',
  LOG_LEVEL: 'info',
  AGON_BROKER_REPLICAS: 1,
  AGON_PARTITIONS: 64,
});

@Module({})
class EmptyModule {}

@Module({})
class BrokenModule implements OnModuleInit {
  onModuleInit(): void {
    throw new Error('the schema is of a later version\nsecond line');
  }
}

describe('a process', () => {
  let exits: unknown[] = [];
  let errors: string[] = [];
  let logged: string[] = [];
  let taken: Server;

  const start = (module: typeof EmptyModule, port: number): Promise<RunningService> => {
    const logger = createLogger('thing', 'info', { write: (line) => void logged.push(line) });
    return bootstrap(module, { service: 'thing', schema, config: config(port), logger });
  };

  beforeEach(async () => {
    exits = [];
    errors = [];
    logged = [];
    jest.spyOn(process, 'exit').mockImplementation((code) => {
      exits.push(code);
      throw new Error(`exit ${code ?? 0}`);
    });
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      errors.push(String(text));
      return true;
    });
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', () => resolve()));
  });
  afterEach(async () => {
    for (const event of ['SIGTERM', 'SIGINT', 'unhandledRejection', 'uncaughtException'])
      process.removeAllListeners(event);
    await new Promise((resolve) => taken.close(resolve));
    jest.restoreAllMocks();
  });

  it('says in one line that its port is taken, and ends with 1', async () => {
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start(EmptyModule, port)).rejects.toThrow('exit 1');
    expect(errors).toEqual([`thing can't start: 127.0.0.1:${port} is in use by another process\n`]);
    for (const line of logged) expect(JSON.parse(line)).toMatchObject({ service: 'thing' });
  });

  it('says in one line that a module failed, and ends with 1', async () => {
    await expect(start(BrokenModule, 0)).rejects.toThrow('exit 1');
    expect(errors).toEqual(["thing can't start: the schema is of a later version\n"]);
  });

  it('drains on a signal and ends with 0', async () => {
    const { url } = await start(EmptyModule, 0);
    const ended = new Promise<void>((resolve) => {
      // Unlike the mock of the other tests it returns: nobody awaits a signal's handler, so it may not throw.
      Reflect.set(process, 'exit', (code: number) => {
        exits.push(code);
        resolve();
      });
    });
    process.emit('SIGTERM', 'SIGTERM');
    await ended;
    expect(exits).toEqual([0]);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });

  it('ends with 1 after a fatal line when an error was not caught', async () => {
    const service = await start(EmptyModule, 0);
    expect(() => process.emit('unhandledRejection', new Error('lost'), Promise.resolve())).toThrow('exit 1');
    expect(logged.at(-1)).toContain('"level":60');
    expect(logged.at(-1)).toContain('lost');
    await service.close();
  });
});
