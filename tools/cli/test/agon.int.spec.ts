import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { repositoryRoot } from '@agon/stack';

/** A checkout with the real `agon`, a stand-in for npm that notes each call, and a command line that says its words. */
class Checkout {
  readonly root = mkdtempSync(join(tmpdir(), 'agon sh '));

  constructor(npm = 'mkdir -p node_modules && : >node_modules/.package-lock.json') {
    copyFileSync(resolve(repositoryRoot, 'agon'), join(this.root, 'agon'));
    this.write('package-lock.json', 'one');
    this.write('tools/cli/src/main.ts', "console.log('words:', ...process.argv.slice(2));");
    this.write('bin/npm', `#!/bin/sh\necho "$@" >>"${this.root}/npm-calls"\n${npm}\n`);
    symlinkSync(process.execPath, join(this.root, 'bin/node'));
    chmodSync(join(this.root, 'bin/npm'), 0o755);
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  /** Times npm was called. */
  get installs(): number {
    const calls = join(this.root, 'npm-calls');
    return existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n').length : 0;
  }

  run(...args: string[]): { code: number | null; out: string; err: string } {
    return this.runAs(join(this.root, 'agon'), ...args);
  }

  runAs(file: string, ...args: string[]): { code: number | null; out: string; err: string } {
    const env = { PATH: `${join(this.root, 'bin')}:/usr/bin:/bin` };
    const { status, stdout, stderr } = spawnSync(file, args, { cwd: '/', encoding: 'utf8', env });
    return { code: status, out: stdout, err: stderr };
  }
}

const open: Checkout[] = [];
const checkout = (npm?: string): Checkout => {
  const made = new Checkout(npm);
  open.push(made);
  return made;
};

describe('./agon', () => {
  afterAll(() => {
    for (const { root } of open) rmSync(root, { recursive: true, force: true });
  });

  it('installs once, says so in one line, and hands its words over', () => {
    const place = checkout();
    const first = place.run('logs', 'a b', '-f');
    expect(first).toEqual({ code: 0, out: 'words: logs a b -f\n', err: 'installing dependencies…\n' });
    expect(place.run('up')).toEqual({ code: 0, out: 'words: up\n', err: '' });
    expect(place.installs).toBe(1);
  });

  it('installs again when the lock changed, or what was installed is gone', () => {
    const place = checkout();
    place.run();
    place.write('package-lock.json', 'two');
    const past = new Date(Date.now() - 60_000);
    utimesSync(join(place.root, 'node_modules/.package-lock.json'), past, past);
    expect(place.run().err).toBe('installing dependencies…\n');
    rmSync(join(place.root, 'node_modules'), { recursive: true });
    expect(place.run().err).toBe('installing dependencies…\n');
    expect(place.installs).toBe(3);
  });

  it('is content with what somebody installed by hand after the lock changed', () => {
    const place = checkout();
    const past = new Date(Date.now() - 60_000);
    utimesSync(join(place.root, 'package-lock.json'), past, past);
    place.write('node_modules/.package-lock.json', '');
    expect(place.run('up')).toEqual({ code: 0, out: 'words: up\n', err: '' });
    expect(place.installs).toBe(0);
  });

  it('finds its checkout through symbolic links', () => {
    const place = checkout();
    symlinkSync(join(place.root, 'agon'), join(place.root, 'bin/one'));
    symlinkSync('one', join(place.root, 'bin/two'));
    expect(place.runAs(join(place.root, 'bin/two'), 'status')).toMatchObject({ code: 0, out: 'words: status\n' });
  });

  it.each([
    ['echo "npm error code ENOTFOUND" >&2; exit 1', /^agon: the package registry cannot be reached: check the network/],
    [
      'echo "npm error code EUSAGE" >&2; echo "npm error more" >&2; exit 1',
      /^agon: npm ci failed: npm error code EUSAGE/,
    ],
  ])('says in one line why it could not install, and tries again the next time: %s', (npm, said) => {
    const place = checkout(npm);
    const { code, out, err } = place.run('up');
    const [, line = '', ...more] = err.split('\n');
    expect({ code, out, more }).toEqual({ code: 1, out: '', more: [''] });
    expect(line).toMatch(said);
    place.run('up');
    expect(place.installs).toBe(2);
  });
});
