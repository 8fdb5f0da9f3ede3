import { readFile } from 'node:fs/promises';

/** Text of `sql/<name>.sql`, which stands beside both `src` and `dist`. */
export const sqlFile = (name: string): Promise<string> =>
  readFile(new URL(`../../sql/${name}.sql`, import.meta.url), 'utf8');
