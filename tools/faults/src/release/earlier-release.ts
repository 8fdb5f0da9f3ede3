import { messageOf, repositoryRoot, topology } from '@agon/stack';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The last commit of version 0.1.0, before the read models got views and parked messages could be redriven. */
const COMMIT = '34873475a66109d4d8897b25bcaedfadcb4e49a6';
/** Milliseconds for unpacking and for building. */
const PATIENCE_MS = 300_000;

const run = (command: string, args: readonly string[], cwd: string) =>
  promisify(execFile)(command, [...args], { cwd, timeout: PATIENCE_MS, env: { ...process.env, NODE_OPTIONS: '' } });

/** Why the earlier release can't be built here; undefined when it can. */
export async function earlierReleaseMissing(): Promise<string | undefined> {
  try {
    await run('git', ['cat-file', '-e', `${COMMIT}^{commit}`], repositoryRoot);
    return undefined;
  } catch (error) {
    return `the earlier release ${COMMIT} is not in this checkout's history: ${messageOf(error).split('\n')[0]}`;
  }
}

/** An earlier release, built from the checkout's history with the packages of today. */
export class EarlierRelease {
  private constructor(readonly root: string) {}

  /** @throws Error when it can't be unpacked or built */
  static async build(): Promise<EarlierRelease> {
    const release = new EarlierRelease(mkdtempSync(join(tmpdir(), 'agon-release-')));
    try {
      const { root } = release;
      const archive = join(root, 'release.tar');
      await run('git', ['archive', '-o', archive, COMMIT], repositoryRoot);
      await run('tar', ['-xf', archive], root);
      release.linkPackages();
      const projects = release.services().map((name) => `apps/${name}/tsconfig.lib.json`);
      await run(join(repositoryRoot, 'node_modules/.bin/tsc'), ['-b', ...projects], root);
      return release;
    } catch (error) {
      release.remove();
      throw error;
    }
  }

  /** The file that runs a service. */
  mainOf(name: string): string {
    return join(this.root, `apps/${name}/dist/main.js`);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private services(): string[] {
    return topology.filter(({ kind }) => kind === 'service').map(({ name }) => name);
  }

  /** Foreign packages are those of the checkout; the release's own are its own. */
  private linkPackages(): void {
    const [from, to] = [join(repositoryRoot, 'node_modules'), join(this.root, 'node_modules')];
    mkdirSync(join(to, '@agon'), { recursive: true });
    for (const name of readdirSync(from)) {
      if (name !== '@agon' && !name.startsWith('.')) symlinkSync(join(from, name), join(to, name));
    }
    for (const kind of ['apps', 'libs', 'tools']) {
      for (const name of readdirSync(join(this.root, kind))) {
        const folder = resolve(this.root, kind, name);
        if (existsSync(join(folder, 'package.json'))) symlinkSync(folder, join(to, '@agon', name));
      }
    }
  }
}
