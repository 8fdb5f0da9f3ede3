import { guard } from '@agon/stack';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where one test server keeps its things. */
export interface TestFolder {
  readonly root: string;
  /** Pid files: what stands here ends with this process. */
  readonly run: string;
  readonly log: string;
  readonly remove: () => void;
}

/**
 * A folder of its own under the system's folder for temporary files. The folder and the processes named in it go when
 * this process ends, also when it is killed.
 */
export function testFolder(root = mkdtempSync(join(tmpdir(), 'agon-test-'))): TestFolder {
  const run = join(root, 'run');
  mkdirSync(run, { recursive: true });
  // Postgres may have to run as another user, who must be able to pass through.
  chmodSync(root, 0o711);
  const dismiss = guard(run, root);
  return {
    root,
    run,
    log: join(root, 'log'),
    remove: () => {
      dismiss();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
