import { categoriesOf } from '@agon/contracts';
import { provisionLog } from '@agon/event-store';
import { openReadDataSource, provisionReadModels } from '@agon/projections';
import { databaseVariable, loggedServices } from './provision-config.ts';

type Urls = Readonly<Record<string, unknown>> & { readonly DATABASE_URL: string };

/**
 * Migrates the log, and gives each service whose URL is there its role, its categories and its read models: what it may
 * write, and no more. Safe to repeat; a role that is missing is made, with the URL's password.
 *
 * @param urls of the owner (`DATABASE_URL`) and of services, by {@link databaseVariable}
 * @returns the roles, by service
 * @throws what Postgres says, SQLSTATE 42501 when the owner has not the rights.
 */
export const provision = async (urls: Urls): Promise<Map<string, string>> => {
  const roles = loggedServices.flatMap((service) => {
    const url = urls[databaseVariable(service)];
    if (typeof url !== 'string') return [];
    const { username, password } = new URL(url);
    const role = decodeURIComponent(username);
    const secret = password === '' ? undefined : decodeURIComponent(password);
    return [{ service, role, password: secret, categories: categoriesOf(service) }];
  });
  await provisionLog(urls.DATABASE_URL, roles);
  const dataSource = await openReadDataSource(urls.DATABASE_URL, 'agon provision', 1);
  try {
    await provisionReadModels(dataSource, roles);
  } finally {
    await dataSource.destroy();
  }
  return new Map(roles.map(({ service, role }) => [service, role]));
};
