import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { repositoryRoot, stateFolders } from '../src/paths.ts';
import { identify, isRunning, signalProcess, type ProcessIdentity } from '../src/process/identity.ts';
import { endProcess } from '../src/process/managed-process.ts';
import { readRuns, writeRun } from '../src/process/run-file.ts';
import { down } from '../src/stack/down.ts';
import { waitUntil } from '../src/wait-until.ts';
import { temporaryState } from './temporary.ts';

async function started(command: string, ...args: string[]): Promise<ProcessIdentity> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const identity = identify(child.pid ?? 0);
  if (identity === undefined) throw new Error(`${command} ended at once`);
  return identity;
}
const sleeper = (prepare = ':'): Promise<ProcessIdentity> =>
  started('/bin/sh', '-c', `${prepare}; echo ready; while :; do sleep 0.05; done`);

describe('a process identity', () => {
  it('is not that of another process with the same pid', async () => {
    const real = await sleeper();
    const recycled = { ...real, started: `${real.started}0` };
    expect(isRunning(recycled)).toBe(false);
    expect(signalProcess(recycled, 'SIGKILL')).toBe(false);
    expect(isRunning(real)).toBe(true);
    await endProcess(real, 'SIGTERM');
    expect(isRunning(real)).toBe(false);
  });
});

describe('endProcess', () => {
  it('kills what does not end in time', async () => {
    const stubborn = await sleeper("trap '' TERM");
    await endProcess(stubborn, 'SIGTERM', 100);
    expect(isRunning(stubborn)).toBe(false);
  });

  it('ends a paused process in good order', async () => {
    const paused = await sleeper();
    signalProcess(paused, 'SIGSTOP');
    const before = performance.now();
    await endProcess(paused, 'SIGTERM', 5000);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

describe('down', () => {
  it('never ends a process that was given the pid of one of ours', async () => {
    const folders = stateFolders(temporaryState());
    const stranger = await sleeper();
    writeRun(folders.run, { name: 'gateway', identity: { ...stranger, started: '1' }, port: 7600 });
    expect(await down(folders)).toEqual([]);
    expect(isRunning(stranger)).toBe(true);
    expect(readRuns(folders.run)).toEqual([]);
    await endProcess(stranger, 'SIGKILL');
  });
});

describe('a guardian', () => {
  it('ends what a killed process had started, and removes its folder', async () => {
    const root = mkdtempSync(join(tmpdir(), 'agon-stack-'));
    for (const folder of [stateFolders(root).run, stateFolders(root).data]) mkdirSync(folder);
    const script = resolve(import.meta.dirname, 'fixtures/guarded.ts');
    const node = resolve(repositoryRoot, 'node_modules/.bin/node');
    const owner = spawn(existsSync(node) ? node : process.execPath, [script, root], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(owner.stdout, 'data');
    const server = identify(Number(String(line)));
    expect(server).toBeDefined();
    if (server === undefined) return;
    owner.kill('SIGKILL');
    expect(await waitUntil(() => !isRunning(server), { timeout: 5000 })).toBe(true);
    expect(await waitUntil(() => !existsSync(root), { timeout: 5000 })).toBe(true);
  }, 300_000);
});
