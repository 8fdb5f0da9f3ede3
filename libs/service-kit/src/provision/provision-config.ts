import { CATEGORY_OWNERS } from '@agon/contracts';
import { z } from 'zod';
import { baseConfig } from '../base-config.ts';

/** Every service that writes to the log. */
export const loggedServices: readonly string[] = [...new Set(Object.values(CATEGORY_OWNERS))];

/** `AGON_CONFLICT_FLOW_DATABASE_URL`: the rule by which the launcher names the variable, too. */
export const databaseVariable = (service: string): string =>
  `AGON_${service.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`;

const ownUrl = (service: string) =>
  baseConfig.shape.DATABASE_URL.refine((url) => URL.canParse(url) && new URL(url).username !== '', 'must name a user')
    .optional()
    .meta({ allowed: 'a postgres:// URL with a user' })
    .describe(`The same database for ${service} alone, under a role of its own; DATABASE_URL is the owner’s then`);

/** What provisioning reads: the owner's way into the database, and that of each service that has a role of its own. */
export const provisionConfig = z.object({
  DATABASE_URL: baseConfig.shape.DATABASE_URL,
  ...Object.fromEntries(loggedServices.map((service) => [databaseVariable(service), ownUrl(service)])),
});
