import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guard } from '../src/process/guardian.ts';

/** A state folder of a test's own; it and what runs in it go with the test process. */
export function temporaryState(): string {
  const root = mkdtempSync(join(tmpdir(), 'agon-stack-'));
  chmodSync(root, 0o711);
  guard(join(root, 'run'), root);
  return root;
}
