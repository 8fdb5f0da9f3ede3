import { topology } from '../topology.ts';
import { portOf, seatsOf } from './seats.ts';

const gateway = topology.filter(({ name }) => name === 'gateway');

describe('portOf', () => {
  it.each([
    [undefined, 7600],
    ['', 7600],
    ['8123', 8123],
  ])('takes %p as %p', (value, port) => {
    expect(gateway.map((row) => portOf(row, { AGON_GATEWAY_PORT: value }))).toEqual([port]);
  });

  it.each(['0', '65536', '80.5', 'x'])('refuses "%s" and says what is allowed', (value) => {
    const ask = (): unknown => gateway.map((row) => portOf(row, { AGON_GATEWAY_PORT: value }));
    expect(ask).toThrow(`AGON_GATEWAY_PORT is "${value}": it must be a port, 1 to 65535`);
  });
});

describe('seatsOf', () => {
  const options = { rows: topology, environment: {}, ports: 'free' } as const;

  it('names replicas after their row and gives each a port of its own', async () => {
    const seats = await seatsOf({ ...options, replicas: { gateway: 3 } });
    expect(seats.map(({ name }) => name).filter((name) => name.startsWith('gateway'))).toEqual([
      'gateway',
      'gateway-2',
      'gateway-3',
    ]);
    expect(new Set(seats.map(({ port }) => port)).size).toBe(seats.length);
  });

  it('refuses replicas of what is no service', async () => {
    await expect(seatsOf({ ...options, replicas: { postgres: 2 } })).rejects.toThrow('there is no service postgres');
  });
});
