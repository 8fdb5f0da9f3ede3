import { portVariable, topology } from './topology.ts';

describe('the topology', () => {
  it('has these processes on these ports', () => {
    expect(Object.fromEntries(topology.map(({ name, port }) => [name, port]))).toEqual({
      gateway: 7600,
      'conflict-flow': 7601,
      'stakeholder-actions': 7602,
      'social-circle': 7603,
      nats: 7610,
      postgres: 7611,
    });
  });

  it('lists a row after those it depends on', () => {
    const seen = new Set<string>();
    for (const { name, depends } of topology) {
      expect(depends.filter((other) => !seen.has(other))).toEqual([]);
      seen.add(name);
    }
  });

  it('names the variable of each port by one rule', () => {
    expect(topology.map(({ name }) => portVariable(name))).toEqual([
      'AGON_POSTGRES_PORT',
      'AGON_NATS_PORT',
      'AGON_CONFLICT_FLOW_PORT',
      'AGON_STAKEHOLDER_ACTIONS_PORT',
      'AGON_SOCIAL_CIRCLE_PORT',
      'AGON_GATEWAY_PORT',
    ]);
  });
});
