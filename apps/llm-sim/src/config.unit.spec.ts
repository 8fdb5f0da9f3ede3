import { parseConfig } from './config.ts';

describe('configuration', () => {
  it('has defaults, also for empty variables', () => {
    expect(parseConfig({ AGON_PORT: '' })).toEqual({
      ok: true,
      config: {
        AGON_PORT: 7605,
        AGON_HOST: '127.0.0.1',
        LOG_LEVEL: 'info',
        AGON_SIM_MODE: 'healthy',
        AGON_SIM_MEDIAN_MS: 1200,
        AGON_SIM_SEED: 'sim',
      },
    });
  });

  it('has one line for each wrong variable, saying what is allowed', () => {
    const parsed = parseConfig({ AGON_PORT: '70000', AGON_SIM_MODE: 'odd', AGON_SIM_MEDIAN_MS: '-1' });
    expect(parsed).toEqual({
      ok: false,
      problems: [
        'AGON_PORT is "70000": must be a whole number from 0 to 65535',
        expect.stringMatching(/^AGON_SIM_MODE is "odd": must be one of healthy, slow, /),
        'AGON_SIM_MEDIAN_MS is "-1": must be a number from 0 to 600000',
      ],
    });
  });
});
