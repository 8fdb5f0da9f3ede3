import { connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { identify } from '@agon/stack';
import { Client, type QueryResult } from 'pg';
import { createDatabase } from './database.ts';
import { startNats, type TestNats } from './nats.ts';
import { startPostgres } from './postgres.ts';
import type { TestServer } from './test-server.ts';

async function rows(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const result: QueryResult<Record<string, unknown>> = await client.query(text);
    return result.rows;
  } finally {
    await client.end();
  }
}

async function streamMessages(url: string): Promise<number> {
  const connection = await connect({ servers: url });
  try {
    const manager = await jetstreamManager(connection);
    const info = await manager.streams.add({ name: 'KEPT', subjects: ['kept.>'] });
    return info.state.messages;
  } finally {
    await connection.close();
  }
}

describe('startPostgres', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.remove());

  it('keeps its rows over kill -9 and a restart', async () => {
    await rows(server.url, 'create table kept as select 7 as n');
    const before = server.pid;
    await server.kill9();
    expect(server.pid).toBeUndefined();
    await server.start();
    expect(server.pid).not.toBe(before);
    expect(await rows(server.url, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('answers nobody while it is paused, not even on an open connection', async () => {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    server.pause();
    const answer = client.query('select 1');
    const early = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 60, 'silence'))]);
    expect(early).toBe('silence');
    server.resume();
    expect((await answer).rowCount).toBe(1);
    await client.end();
  });
});

describe('startNats', () => {
  let server: TestNats;
  beforeAll(async () => {
    server = await startNats();
  }, 300_000);
  afterAll(() => server.remove());

  it('keeps its messages over a restart and has lost them after a wipe', async () => {
    await streamMessages(server.url);
    const connection = await connect({ servers: server.url });
    await jetstream(connection).publish('kept.one', 'x');
    await connection.close();
    await server.restart();
    expect(await streamMessages(server.url)).toBe(1);
    expect(() => server.wipe()).toThrow(/stop it/);
    await server.stop();
    server.wipe();
    await server.start();
    expect(await streamMessages(server.url)).toBe(0);
  });
});

describe('createDatabase', () => {
  it('gives each caller an empty database on one cluster', async () => {
    const [one, two] = await Promise.all([createDatabase(), createDatabase()]);
    await rows(one.url, 'create table only_here (n int)');
    expect(await rows(two.url, "select to_regclass('only_here') as found")).toEqual([{ found: null }]);
    expect(new URL(one.url).port).toBe(new URL(two.url).port);
    await one.drop();
    await expect(rows(one.url, 'select 1')).rejects.toThrow(/does not exist/);
    await two.drop();
  }, 60_000);

  it('leaves no cluster of its own behind when a server is removed', async () => {
    const server = await startPostgres();
    const { pid = 0 } = server;
    expect(identify(pid)).toBeDefined();
    await server.remove();
    expect(identify(pid)).toBeUndefined();
  }, 60_000);
});
