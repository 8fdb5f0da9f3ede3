import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '@agon/stack';
import type { TestStackOptions } from '@agon/testing';
import { eventually } from '@agon/testing/load';
import { type Fire, underFire } from '../fire.ts';
import { type Installation, startInstallation } from '../installation.ts';
import type { Scenario } from '../scenario.ts';
import { Tmpfs } from '../tmpfs.ts';

/** Room for a new cluster and what is played, in MiB. */
const POSTGRES_MIB = 260;
/** Room for the streams of what is played, in MiB. */
const JETSTREAM_MIB = 48;
/** Tries of the players that must fail before there is room again. */
const REFUSED = 20;

/** Mounts one and lets it go, since a container may not be allowed to. */
async function missing(): Promise<string | undefined> {
  const lacks = Tmpfs.missing();
  if (lacks !== undefined) return lacks;
  const folder = mkdtempSync(join(tmpdir(), 'agon-disk-'));
  try {
    Tmpfs.mount(folder, 1).unmount();
    return undefined;
  } catch (error) {
    return `a small disk can't be mounted (${messageOf(error)})`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function postgresFull(fire: Fire, disk: Tmpfs): Promise<void> {
  const { players, installation } = fire;
  const { postgres } = installation.stack;
  await fire.fault({
    what: 'the disk of Postgres full',
    begin: async () => {
      const before = players.failures;
      disk.fill();
      const seen = () => `${players.failures - before} tries failed`;
      await eventually('inputs are refused', () => players.failures >= before + REFUSED, { timeout: 60_000, seen });
    },
    end: async () => {
      disk.free();
      // It may have ended itself, for want of room to recover in.
      if (postgres.pid === undefined) await postgres.start();
    },
  });
}

async function brokerFull(fire: Fire, disk: Tmpfs): Promise<void> {
  await fire.fault({
    what: 'the disk of the broker full',
    begin: async () => {
      disk.fill();
      // The log takes inputs all the same.
      await fire.goOn(20);
    },
    end: async () => {
      disk.free();
      // A nats-server that found no room has switched JetStream off, until it is started again.
      await fire.installation.stack.nats.restart();
    },
  });
}

export const fullDisk: Scenario = {
  name: 'full-disk',
  code: 'F20',
  title: 'the disks of Postgres and of the broker are full for a while',
  missing,
  run: async (context) => {
    const disks: Tmpfs[] = [];
    const prepare = (folder: string): void => {
      disks.push(Tmpfs.mount(folder, POSTGRES_MIB), Tmpfs.mount(join(folder, 'jetstream'), JETSTREAM_MIB));
    };
    const unmount = (): void => {
      for (const disk of disks.splice(0).toReversed()) disk.unmount();
    };
    const start = async (options: TestStackOptions): Promise<Installation> => {
      const installation = await startInstallation(options);
      // The folders are removed at the end, which they can't be while something is mounted there.
      const stop = async (): Promise<void> => {
        unmount();
        await installation.stop();
      };
      return { ...installation, stop };
    };
    try {
      return await underFire(context, { prepare, start, hotPath: false }, async (fire) => {
        const [ofPostgres, ofBroker] = disks;
        if (ofPostgres === undefined || ofBroker === undefined) throw new Error('there are no disks');
        await brokerFull(fire, ofBroker);
        await fire.goOn(20);
        await postgresFull(fire, ofPostgres);
        await fire.goOn(20);
      });
    } finally {
      unmount();
    }
  },
};
