import { isSimulated, withoutProvider } from './model-variables.ts';
import { type Place, neededRows, portVariable, topology } from './topology.ts';

const key = { OPENAI_API_KEY: 'k' };

describe('the topology', () => {
  it('has these processes on these ports', () => {
    expect(Object.fromEntries(topology.map(({ name, port }) => [name, port]))).toEqual({
      gateway: 7600,
      'conflict-flow': 7601,
      'stakeholder-actions': 7602,
      'social-circle': 7603,
      'llm-gateway': 7604,
      'llm-sim': 7605,
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
      'AGON_LLM_SIM_PORT',
      'AGON_LLM_GATEWAY_PORT',
      'AGON_GATEWAY_PORT',
    ]);
  });

  it('leaves the simulated model out where it is not asked', () => {
    expect(neededRows(topology, {})).toEqual(topology);
    expect(neededRows(topology, key)).toEqual(topology.filter(({ name }) => name !== 'llm-sim'));
  });

  it('tells the llm-gateway where the simulated model is, if there is one', () => {
    const place = { host: 'h', port: 1, contentPacks: 'c', logLevel: 'info' };
    const told = (urlOf: Place['urlOf']): (string | undefined)[] =>
      topology
        .filter(({ name }) => name === 'llm-gateway')
        .map(({ environment }) => environment({ ...place, urlOf })['AGON_LLM_SIM_URL']);
    expect(told((name) => `http://${name}`)).toEqual(['http://llm-sim']);
    expect(told(() => undefined)).toEqual([undefined]);
  });
});

describe('the model', () => {
  it.each<[Record<string, string>, boolean]>([
    [{}, true],
    [{ AGON_LLM: '', OPENAI_API_KEY: '' }, true],
    [{ AGON_LLM: 'auto' }, true],
    [key, false],
    [{ AGON_LLM_BASE_URL: 'http://localhost:11434/v1' }, false],
    [{ AGON_LLM: 'auto', ...key }, false],
    [{ AGON_LLM: 'off' }, false],
    [{ AGON_LLM: 'openai' }, false],
    [{ AGON_LLM: 'custom' }, false],
    [{ AGON_LLM: 'sim', ...key }, true],
  ])('is simulated with %j: %p', (environment, simulated) => {
    expect(isSimulated(environment)).toBe(simulated);
  });

  it('is simulated in tests, whatever the machine has configured', () => {
    const environment = { ...key, AGON_LLM: 'openai', AGON_LLM_BASE_URL: 'http://localhost', LOG_LEVEL: 'debug' };
    expect(withoutProvider(environment)).toEqual({ AGON_LLM: 'sim', LOG_LEVEL: 'debug' });
  });
});
