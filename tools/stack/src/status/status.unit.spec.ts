import { createServer } from 'node:http';
import { addressLines } from './addresses.ts';
import { readHealth } from './health.ts';
import { parsePss } from './memory.ts';
import { lagsOf, valuesOf } from './metrics.ts';
import { table } from './table.ts';

const metrics = `# HELP agon_publish_lag Events
# TYPE agon_publish_lag gauge
agon_publish_lag{partition="3",service="gateway"} 2
agon_publish_lag{partition="4",service="a } b"} 7
agon_publish_lag_other 99
agon_consumer_lag{partition="3"} 1
agon_consumer_lag{partition="9"} 4.5e1
plain 3 1700000000000
`;

describe('metrics', () => {
  it('reads the values of one metric with any labels', () => {
    expect(valuesOf(metrics, 'agon_publish_lag')).toEqual([2, 7]);
    expect(valuesOf(metrics, 'plain')).toEqual([3]);
    expect(valuesOf(metrics, 'agon')).toEqual([]);
  });

  it('makes the worst publishing lag and the whole consumer lag of them', () => {
    expect(lagsOf(metrics)).toEqual({ publishing: 7, consuming: 46 });
    expect(lagsOf('')).toEqual({ publishing: undefined, consuming: undefined });
  });
});

describe('memory', () => {
  it('is the proportional set size in bytes', () => {
    expect(parsePss('Rss:   900 kB\nPss:                 612 kB\nPss_Dirty:  100 kB\n')).toBe(612 * 1024);
    expect(parsePss('Rss: 900 kB\n')).toBeUndefined();
  });
});

describe('table', () => {
  it('lays words to the left and figures to the right', () => {
    const rows = [
      ['name', 'memory'],
      ['a', '9 MiB'],
      ['long', '110 MiB'],
    ];
    expect(table(rows)).toEqual(['name   memory', 'a       9 MiB', 'long  110 MiB']);
  });
});

describe('addressLines', () => {
  it('puts the gateway first', () => {
    const identity = { pid: 1, started: '1' };
    const records = [
      { name: 'conflict-flow', identity, port: 7601 },
      { name: 'gateway', identity, port: 7600 },
      { name: 'nats', identity, port: 7610 },
    ];
    expect(addressLines(records)).toEqual([
      '  gateway        http://127.0.0.1:7600',
      '  conflict-flow  http://127.0.0.1:7601',
      '  nats           nats://127.0.0.1:7610',
    ]);
  });
});

describe('readHealth', () => {
  let said: object = {};
  const server = createServer((_request, response) => response.end(JSON.stringify(said)));
  const listening = new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    });
  });
  afterAll(() => new Promise((resolve) => void server.close(resolve)));

  it.each([
    [
      { status: 'degraded', checks: { database: { state: 'up' }, model: { state: 'up', detail: 'off' } } },
      { status: 'degraded', model: 'off' },
    ],
    [{ status: 'ready', checks: { database: { state: 'up' } } }, { status: 'ready' }],
    [{ status: 'ready', checks: { model: { state: 'up' } } }, { status: 'ready' }],
    [{ status: 'ready' }, { status: 'ready' }],
    [{}, { status: 'ready' }],
  ])('of %j is %j', async (answer, health) => {
    said = answer;
    expect(await readHealth(await listening)).toEqual(health);
  });

  it('is "no answer" where nobody listens', async () => {
    expect(await readHealth('http://127.0.0.1:1')).toEqual({ status: 'no answer' });
  });
});
