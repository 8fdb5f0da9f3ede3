import { z } from 'zod';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** `AGON_PORT` with the service's own default; 0 lets the system choose. */
export const portVariable = (port: number) =>
  z.coerce.number().int().min(0).max(65_535).default(port).describe('Port of this service’s HTTP server');

/** The variables that every service reads; a service extends it with its own and with its default port. */
export const baseConfig = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//)
    .meta({ allowed: 'a postgres:// URL' })
    .describe('The Postgres database that holds the event log and the read models'),
  NATS_URL: z
    .string()
    .regex(/^(nats|tls|wss?):\/\//)
    .meta({ allowed: 'a nats:// URL' })
    .describe('The NATS server with JetStream; of a cluster several, separated by commas'),
  AGON_PORT: z.coerce.number().int().min(0).max(65_535).describe('Port of this service’s HTTP server'),
  AGON_HOST: z.string().min(1).default('127.0.0.1').describe('Address that the HTTP server binds to'),
  LOG_LEVEL: z.enum(LEVELS).default('info').describe('Least severe level that is logged'),
  AGON_CONTENT_PACKS: z
    .string()
    .min(1)
    .optional()
    .meta({ allowed: 'a folder' })
    .describe('Folder of the content packs; the packs that come with Agon when unset'),
  AGON_BROKER_REPLICAS: z.coerce
    .number()
    .int()
    .min(1)
    .max(5)
    .default(1)
    .describe('Copies that a cluster of NATS servers keeps of each message; no more than it has servers'),
  AGON_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(64)
    .describe('Number of partitions; every process of one installation needs the same'),
});
export type BaseConfig = z.output<typeof baseConfig>;
