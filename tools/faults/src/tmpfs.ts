import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '@agon/stack';

/** A small disk of its own, in memory; it goes with this process at the latest. */
export class Tmpfs {
  private readonly leave = (): void => this.unmount();

  private constructor(readonly folder: string) {
    process.once('exit', this.leave);
  }

  /** Why this machine can't have one; undefined when it can. */
  static missing(): string | undefined {
    if (process.platform !== 'linux') return 'a small disk needs tmpfs, which only Linux has';
    return process.getuid?.() === 0 ? undefined : 'a small disk needs root to mount it';
  }

  /** @throws Error when it can't be mounted, as in a container without the right to */
  static mount(folder: string, mebibytes: number): Tmpfs {
    mkdirSync(folder, { recursive: true });
    const options = `size=${mebibytes}m,mode=755`;
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`mount: ${stderr.trim()}`);
    return new Tmpfs(folder);
  }

  /** Takes all the room that is left. */
  fill(): void {
    const file = openSync(this.ballast, 'a');
    try {
      for (let bytes = 1 << 20; bytes >= 512;) {
        try {
          writeSync(file, Buffer.alloc(bytes, 1));
        } catch (error) {
          if (codeOf(error) !== 'ENOSPC') throw error;
          bytes >>= 1;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** Gives the room back. */
  free(): void {
    rmSync(this.ballast, { force: true });
  }

  unmount(): void {
    process.off('exit', this.leave);
    spawnSync('umount', ['-l', this.folder]);
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}
