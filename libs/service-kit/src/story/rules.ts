import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** With the service itself, all that a fold is made of: what an aggregate may import, and what reads its events. */
const LIBRARIES = ['@agon/contracts', '@agon/event-store', '@agon/messaging', '@agon/narrative', '@agon/refinements'];

/**
 * Names the code that folds a service's streams, so that no other code takes its snapshots for its own: 16 hex digits of
 * SHA-256 over the sources of the service and of the libraries that a fold may use.
 *
 * @param folder of the service's sources, as they run.
 */
export const rulesOf = (folder: string): string => {
  const { resolve } = createRequire(import.meta.url);
  const folders = [folder, ...LIBRARIES.map((library) => dirname(resolve(library)))];
  const hash = createHash('sha256');
  for (const one of folders) {
    const files = readdirSync(one, { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => /(?<!\.d)\.[jt]s$/.test(name)).sort()) {
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(one, file)))
        .update('\0');
    }
  }
  return hash.digest('hex').slice(0, 16);
};
