import { baseConfig, portVariable } from '@agon/service-kit';
import { z } from 'zod';

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** The gateway's variables. Beyond loopback it starts only with a key. */
export const gatewayConfig = baseConfig.extend({
  AGON_PORT: portVariable(7600),
  AGON_API_KEY: z
    .string()
    .min(16)
    .optional()
    .meta({ secret: true, allowed: '16 characters or more' })
    .describe('Key that every request to the API must bring; needed to bind beyond loopback'),
});

/** Why the gateway must not start with this configuration, if so. */
export const bindProblem = (host: string, key: string | undefined): string | undefined =>
  LOOPBACK.includes(host) || key !== undefined
    ? undefined
    : `AGON_HOST is "${host}": the gateway binds beyond loopback only with an API key; set AGON_API_KEY`;
