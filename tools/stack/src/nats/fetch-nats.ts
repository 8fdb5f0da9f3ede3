import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StackError, messageOf } from '../stack-error.ts';
import { withLock } from '../process/lock.ts';
import { howToGetNats } from './find-nats.ts';

/** Debian's suites whose nats-server is recent enough, best first. Both move: whatever version they have is taken. */
const suites = ['sid', 'forky'];
/** Milliseconds for one call of the package manager. */
const patience = 180_000;

/**
 * The package mirror that this system uses for its own release, from what `apt-get indextargets` lists.
 * @param targets lines of `REPO_URI|RELEASE|COMPONENT|CREATED_BY`
 * @param release the system's own release, such as `bookworm`
 */
export function mirrorOf(targets: string, release: string): string | undefined {
  const own = [release, 'stable', 'oldstable', 'testing', 'sid', 'unstable'];
  const rows = targets.split('\n').map((line) => line.split('|'));
  const isMirror = ([, suite, component, kind]: string[]): boolean =>
    kind === 'Packages' && component === 'main' && suite !== undefined && own.includes(suite);
  return rows.find(isMirror)?.[0];
}

/** Key files of the distribution itself: those of a newer release sign the newer suites. */
export function keyringsOf(files: readonly string[]): string[] {
  return files.filter((file) => /^debian-archive-.*\.(gpg|pgp|asc)$/.test(file) && !file.includes('removed'));
}

/** One command of the package manager; `cwd` and `signal` as for any child process. */
type Run = (command: string, ...args: string[]) => Promise<string>;

function runnerIn(folder: string, signal: AbortSignal | undefined): Run {
  const options = { cwd: folder, timeout: patience, signal, env: { ...process.env, LC_ALL: 'C' } };
  return async (command, ...args) => (await promisify(execFile)(command, args, options)).stdout;
}

async function mirror(run: Run): Promise<string> {
  const system = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(system)) throw new StackError("this system's package manager is not known to have one");
  const release = /^VERSION_CODENAME=(.*)$/m.exec(system)?.[1] ?? 'sid';
  const targets = await run('apt-get', 'indextargets', '--format', '$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(CREATED_BY)');
  const found = mirrorOf(targets, release);
  if (found === undefined) throw new StackError('apt has no Debian mirror configured');
  return found;
}

/**
 * A configuration that keeps apt's lists, state and caches inside `folder` and leaves the system's own alone, the hooks
 * included that would run after an update. How to reach the mirror (proxy, credentials) stays as the system has it.
 */
function aptConfiguration(folder: string): string {
  return `
Dir::Etc::SourceList "${join(folder, 'sources.list')}";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "${join(folder, 'state')}";
Dir::Cache "${join(folder, 'cache')}";
Dir::Log "${join(folder, 'log')}";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets::deb::Contents-deb;
#clear Acquire::IndexTargets::deb::DEP-11;
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
`;
}

async function fetchFrom(suite: string, folder: string, run: Run): Promise<string> {
  const keys = '/usr/share/keyrings';
  const signedBy = keyringsOf(readdirSync(keys)).map((file) => join(keys, file));
  const source = `deb [signed-by=${signedBy.join(',')}] ${await mirror(run)} ${suite} main\n`;
  writeFileSync(join(folder, 'sources.list'), source);
  writeFileSync(join(folder, 'apt.conf'), aptConfiguration(folder));
  for (const part of ['state/lists/partial', 'cache/archives/partial', 'log']) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  await run('apt-get', '-c', 'apt.conf', '-q', 'update');
  await run('apt-get', '-c', 'apt.conf', '-q', 'download', 'nats-server');
  const archive = readdirSync(folder).find((file) => file.endsWith('.deb'));
  if (archive === undefined) throw new StackError(`nothing was downloaded from ${suite}`);
  await run('dpkg-deb', '-x', archive, 'tree');
  const places = ['usr/sbin', 'usr/bin'].map((bin) => join(folder, 'tree', bin, 'nats-server'));
  const file = places.find((place) => existsSync(place));
  if (file === undefined) throw new StackError(`the package of ${suite} has no nats-server`);
  return file;
}

/** Why the package manager failed, in one short piece of its own words. */
function reasonOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n');
  const said = lines.findLast((line) => /^(E|W|Err):/.test(line)) ?? messageOf(error);
  return said.slice(0, 200);
}

/**
 * Fetches `nats-server` with the system's package manager, unpacks it beside `file` and moves it there. Several
 * processes may call it at once: one fetches, the others wait for it.
 * @param isThere whether another process has fetched it by now
 * @param signal ends a fetch under way; nothing is left of it
 * @throws StackError that says how to get one by hand
 */
export async function fetchNats(file: string, isThere: () => Promise<boolean>, signal?: AbortSignal): Promise<void> {
  const bin = dirname(file);
  mkdirSync(bin, { recursive: true });
  await withLock(join(bin, 'fetch.lock'), async () => {
    if (await isThere()) return;
    const reasons: string[] = [];
    for (const suite of suites) {
      const folder = mkdtempSync(join(bin, 'fetch-'));
      // apt may fetch as another user of the system.
      chmodSync(folder, 0o755);
      try {
        const fetched = await fetchFrom(suite, folder, runnerIn(folder, signal));
        chmodSync(fetched, 0o755);
        renameSync(fetched, file);
        return;
      } catch (error) {
        signal?.throwIfAborted();
        reasons.push(reasonOf(error));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    throw new StackError(`no nats-server here, and none could be fetched (${reasons[0] ?? ''}): ${howToGetNats}`);
  });
}
