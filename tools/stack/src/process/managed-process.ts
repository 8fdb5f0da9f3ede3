import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { StackError, codeOf, messageOf } from '../stack-error.ts';
import { waitUntil } from '../wait-until.ts';
import { sizeOf, tailOf, tellingLine } from './last-line.ts';
import { childrenOf, identify, isRunning, signalProcess, type ProcessIdentity } from './identity.ts';
import { removeRun, writeRun } from './run-file.ts';

/** How to start one process and how to tell that it is ready. */
export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly port: number;
  /** File that takes stdout and stderr; appended to. */
  readonly log: string;
  readonly runFolder: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Done before each start; what it throws ends the start. */
  readonly prepare?: () => void;
  /** Asks the process to end in good order. */
  readonly stopSignal: NodeJS.Signals;
  /** Looked at until true. */
  readonly ready: () => boolean | Promise<boolean>;
  /** Milliseconds until a process that is not ready counts as failed. */
  readonly readyTimeout: number;
  /** Said when it fails: what may help. */
  readonly advice?: string;
}

/** Milliseconds between the stop signal and SIGKILL. */
export const stopGrace = 10_000;

/** Ends a process: its stop signal first, SIGKILL when it has not ended in time. Returns once it is gone. */
export async function endProcess(identity: ProcessIdentity, signal: NodeJS.Signals, grace = stopGrace): Promise<void> {
  // A paused process takes no signal but KILL and CONT.
  signalProcess(identity, 'SIGCONT');
  if (!signalProcess(identity, signal)) return;
  if (await waitUntil(() => !isRunning(identity), { timeout: grace })) return;
  signalProcess(identity, 'SIGKILL');
  await waitUntil(() => !isRunning(identity), { timeout: stopGrace });
}

/** One process that can be started, ended and started again with the same settings. It is its own process group. */
export class ManagedProcess {
  readonly spec: ProcessSpec;
  private current: ProcessIdentity | undefined;
  /** Size of the log when the process was started: what stands before is about an earlier one. */
  private logStart = 0;

  constructor(spec: ProcessSpec) {
    this.spec = spec;
  }

  get name(): string {
    return this.spec.name;
  }

  get port(): number {
    return this.spec.port;
  }

  /** The process id, or undefined while it does not run. */
  get pid(): number | undefined {
    return this.isRunning() ? this.current?.pid : undefined;
  }

  isRunning(): boolean {
    return this.current !== undefined && isRunning(this.current);
  }

  /**
   * Starts the process and waits until it is ready.
   * @throws StackError that names the process and its last log line; nothing is left running then
   */
  async start(signal?: AbortSignal): Promise<void> {
    await this.launch();
    try {
      await this.whenReady(signal);
    } catch (error) {
      await this.kill9();
      throw error;
    }
  }

  /** Starts the process without waiting for readiness. */
  async launch(): Promise<void> {
    if (this.isRunning()) return;
    const { spec } = this;
    spec.prepare?.();
    this.logStart = sizeOf(spec.log);
    const log = openSync(spec.log, 'a');
    try {
      const child = spawn(spec.command, spec.args, {
        cwd: spec.cwd,
        env: spec.env,
        stdio: ['ignore', log, log],
        detached: true,
        ...(spec.user === undefined ? {} : { uid: spec.user.uid, gid: spec.user.gid }),
      });
      child.unref();
      await once(child, 'spawn');
      this.current = child.pid === undefined ? undefined : identify(child.pid);
    } catch (error) {
      const hint = codeOf(error) === 'ENOENT' ? `${spec.command} is missing` : messageOf(error);
      throw new StackError(`${spec.name} could not be started: ${hint}`);
    } finally {
      closeSync(log);
    }
    if (this.current === undefined) throw this.failure('ended at once');
    writeRun(spec.runFolder, { name: spec.name, identity: this.current, port: spec.port });
  }

  /** @throws StackError when the process ends or the time is over before it is ready */
  async whenReady(signal?: AbortSignal): Promise<void> {
    const ready = await waitUntil(
      async () => {
        if (!this.isRunning()) throw this.failure('ended while starting');
        return this.spec.ready();
      },
      { timeout: this.spec.readyTimeout, interval: 15, signal },
    );
    if (!ready) throw this.failure(`was not ready after ${this.spec.readyTimeout / 1000} s`);
  }

  private failure(what: string): StackError {
    const { name, log, advice } = this.spec;
    const said = tellingLine(tailOf(log, this.logStart)).replace(`${name} can't start: `, '');
    const parts = [said === '' ? '' : `: ${said}`, ` (log: ${log})`, advice === undefined ? '' : `; ${advice}`];
    return new StackError(`${name} ${what}${parts.join('')}`);
  }

  /** Ends the process in good order; SIGKILL after {@link stopGrace}. */
  async stop(): Promise<void> {
    const { current } = this;
    if (current === undefined) return;
    this.resume();
    await endProcess(current, this.spec.stopSignal);
    this.forget();
  }

  /** Stop and start again, on the same port and data. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Ends the process as a crash would, and returns once it is gone, and what it had started. */
  async kill9(): Promise<void> {
    const { current } = this;
    if (current === undefined) return;
    // Backends of a killed Postgres end by themselves, unless they are paused; before that none can be started again.
    this.resume();
    const children = childrenOf(current.pid).flatMap((pid) => identify(pid) ?? []);
    await endProcess(current, 'SIGKILL');
    await waitUntil(() => !children.some(isRunning), { timeout: stopGrace });
    this.forget();
  }

  private forget(): void {
    this.current = undefined;
    removeRun(this.spec.runFolder, this.spec.name);
  }

  /** Stops the process and its children from doing anything, as a machine that hangs would. */
  pause(): void {
    this.signalTree('SIGSTOP');
  }

  /** Ends a pause. */
  resume(): void {
    this.signalTree('SIGCONT');
  }

  private signalTree(signal: NodeJS.Signals): void {
    if (this.current === undefined || !signalProcess(this.current, signal)) return;
    for (const pid of childrenOf(this.current.pid)) {
      const child = identify(pid);
      if (child !== undefined) signalProcess(child, signal);
    }
  }
}
