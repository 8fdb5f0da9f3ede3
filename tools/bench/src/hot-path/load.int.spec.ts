import { type Server, createServer } from 'node:http';
import { Caller } from './caller.ts';
import { openLoop, play } from './load.ts';
import { timesOf } from './spread.ts';
import { Story } from './story.ts';
import { arrivals } from './waits.ts';

/** A server that answers at once, except for a while in which it answers nothing. */
const STALL = { from: 300, to: 700 };
const answer = JSON.stringify({ storyId: 'p0_abc', position: 1, pending: [], items: [] });

let server: Server;
let caller: Caller;
let begun = 0;
/** Calls that came in while it answered nothing. */
let stalled = 0;
/** When the server got a call, by its key. */
const arrivedAt = new Map<string, number>();

beforeEach(async () => {
  server = createServer((request, response) => {
    const at = performance.now() - begun;
    const wait = at > STALL.from && at < STALL.to ? STALL.to - at : 0;
    if (wait > 0) stalled += 1;
    arrivedAt.set(String(request.headers['idempotency-key']), performance.now());
    request.resume();
    setTimeout(() => response.end(answer), wait);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  caller = new Caller(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
});

afterEach(() => {
  caller.close();
  server.close();
  server.closeAllConnections();
});

const options = async () => {
  const stories = await Promise.all(['a', 'b', 'c'].map((name) => Story.open(caller, { name })));
  begun = performance.now();
  stalled = 0;
  return { caller, stories, leadInMs: 0, ms: 1_000, seed: 1, signal: new AbortController().signal };
};

describe('openLoop', () => {
  it('sends what is due while the server stalls, and times it from then', async () => {
    const { samples } = await openLoop({ ...(await options()), rate: 200 });
    expect(stalled).toBeGreaterThan(40);
    expect(samples.filter(({ ms }) => ms > 100).length).toBeGreaterThan(40);
    expect(samples.length).toBeGreaterThan(150);
  });

  it('counts what it sends late itself as part of the wait', async () => {
    const stories = [await Story.open(caller, { name: 'one' })];
    const given = { ...(await options()), stories };
    begun = -Infinity;
    setTimeout(() => {
      const end = performance.now() + 400;
      while (performance.now() < end) Math.sqrt(end);
    }, 300);
    const began = performance.now();
    const { samples } = await openLoop({ ...given, rate: 200 });
    const due = arrivals(200, given.ms, given.seed);
    const calls = samples.flatMap(({ key, ms }) => {
      const turn = /^one-(\d+)$/.exec(key ?? '')?.[1];
      const arrived = arrivedAt.get(key ?? '');
      return turn === undefined || arrived === undefined
        ? []
        : [{ ms, late: arrived - began - (due[Number(turn) - 1] ?? NaN) }];
    });
    expect(calls.filter(({ late }) => late > 200).length).toBeGreaterThan(5);
    // Nothing was answered before it arrived.
    expect(calls.filter(({ ms, late }) => ms + 50 < late)).toEqual([]);
  });

  it('leaves out what falls into the lead-in', async () => {
    const all = await openLoop({ ...(await options()), rate: 200 });
    const { samples } = await openLoop({ ...(await options()), leadInMs: 800, ms: 200, rate: 200 });
    expect(samples.length).toBeLessThan(all.samples.length / 2);
    expect(samples.length).toBeGreaterThan(0);
  });
});

describe('play', () => {
  it('sends a player’s next call after the answer before: a stall delays few calls', async () => {
    const { samples } = await play({ ...(await options()), thinkMs: 0 });
    expect(stalled).toBeLessThanOrEqual(6);
    expect(samples.length).toBeGreaterThan(20);
  });

  it('thinks as long as it should', async () => {
    const { samples } = await play({ ...(await options()), thinkMs: 20 });
    expect(samples.length).toBeGreaterThan(10);
    expect(samples.length).toBeLessThan(200);
  });

  it('tells what was not answered apart from what was', async () => {
    server.closeAllConnections();
    const given = await options();
    server.removeAllListeners('request');
    server.on('request', (_request, response) => {
      response.writeHead(503).end('away');
    });
    const { samples, said } = await play({ ...given, ms: 50, thinkMs: 5 });
    expect(timesOf(samples).lacking).toBe(1);
    expect(said.some((line) => line.includes('503'))).toBe(true);
  });
});
