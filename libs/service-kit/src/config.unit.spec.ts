import { z } from 'zod';
import { baseConfig, portVariable } from './base-config.ts';
import { describeConfig } from './config-table.ts';
import { effectiveValues, parseConfig } from './config.ts';
import { maskPasswords } from './mask.ts';

const schema = baseConfig.extend({
  AGON_PORT: portVariable(7600),
  AGON_API_KEY: z.string().min(16).optional().meta({ secret: true }).describe('Key of the game'),
  AGON_FAST: z.stringbool().default(false).describe('Quick or not'),
});
const valid = { DATABASE_URL: 'postgres://agon:pa/ss@w@127.0.0.1:7611/agon', NATS_URL: 'nats://127.0.0.1:7610' };

const problems = (environment: Record<string, string>): string[] => {
  const parsed = parseConfig(schema, environment);
  return parsed.ok ? [] : parsed.problems;
};

describe('configuration', () => {
  it('is typed and takes its defaults', () => {
    expect(parseConfig(schema, { ...valid, AGON_PORT: '0', LOG_LEVEL: '', UNRELATED: 'x' })).toEqual({
      ok: true,
      config: {
        ...valid,
        AGON_PORT: 0,
        AGON_HOST: '127.0.0.1',
        LOG_LEVEL: 'info',
        AGON_BROKER_REPLICAS: 1,
        AGON_PARTITIONS: 64,
        AGON_FAST: false,
      },
    });
  });

  it('has one line for each wrong variable, saying what is allowed', () => {
    expect(problems({ NATS_URL: 'http://x', AGON_PORT: '70000', LOG_LEVEL: 'loud', AGON_FAST: 'perhaps' })).toEqual([
      'DATABASE_URL is not set: must be a postgres:// URL (The Postgres database that holds the event log and the read models)',
      'NATS_URL is "http://x": must be a nats:// URL',
      'AGON_PORT is "70000": must be a whole number from 0 to 65535',
      'LOG_LEVEL is "loud": must be one of fatal, error, warn, info, debug, trace, silent',
      'AGON_FAST is "perhaps": must be true or false',
    ]);
  });

  it('shows no secret in an error', () => {
    expect(problems({ ...valid, AGON_API_KEY: 'short' })).toEqual([
      'AGON_API_KEY (value hidden): must be text of at least 16 characters',
    ]);
    expect(problems({ ...valid, NATS_URL: 'http://me:hidden@host' })).toEqual([
      'NATS_URL is "http://me:***@host": must be a nats:// URL',
    ]);
  });

  it('gives the words of a check across variables', () => {
    const guarded = schema.superRefine(({ AGON_HOST, AGON_API_KEY }, context) => {
      if (AGON_HOST !== '127.0.0.1' && AGON_API_KEY === undefined)
        context.addIssue({ code: 'custom', path: ['AGON_API_KEY'], message: 'needed when AGON_HOST is not 127.0.0.1' });
    });
    const parsed = parseConfig(guarded, { ...valid, AGON_HOST: '0.0.0.0' });
    expect(parsed).toEqual({
      ok: false,
      problems: ['AGON_API_KEY is not set: needed when AGON_HOST is not 127.0.0.1 (Key of the game)'],
    });
  });

  it('masks secrets and passwords in what is logged', () => {
    const parsed = parseConfig(schema, { ...valid, AGON_API_KEY: 'a-very-long-secret-key' });
    if (!parsed.ok) throw new Error(parsed.problems.join());
    const shown = effectiveValues(schema, parsed.config);
    expect(shown).toMatchObject({
      DATABASE_URL: 'postgres://agon:***@127.0.0.1:7611/agon',
      AGON_API_KEY: '***',
      AGON_PORT: 7600,
    });
  });

  it.each([
    ['postgres://u@h/db', 'postgres://u@h/db'],
    ['postgres://u:a,b@h1,h2/db?sslpassword=x&ssl=1', 'postgres://u:***@h1,h2/db?sslpassword=***&ssl=1'],
    ['nats://token@h:4222', 'nats://***@h:4222'],
    ['connect to nats://u:p@h failed', 'connect to nats://u:***@h failed'],
    ['nats://127.0.0.1:7610', 'nats://127.0.0.1:7610'],
  ])('masks the password in %s', (text, masked) => {
    expect(maskPasswords(text)).toBe(masked);
  });

  it('describes each variable for the table', () => {
    const rows = new Map(describeConfig(schema).map((row) => [row.name, row]));
    expect(rows.get('AGON_PORT')).toEqual({
      name: 'AGON_PORT',
      default: '7600',
      required: false,
      allowed: 'a whole number from 0 to 65535',
      meaning: 'Port of this service’s HTTP server',
      secret: false,
    });
    expect(rows.get('DATABASE_URL')).toMatchObject({ required: true, default: undefined });
    expect(rows.get('AGON_API_KEY')).toMatchObject({ required: false, secret: true });
    expect(rows.get('AGON_CONTENT_PACKS')).toMatchObject({ required: false, allowed: 'a folder' });
    for (const row of rows.values()) expect(row.meaning).not.toBe('');
  });
});
