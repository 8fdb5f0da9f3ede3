import { type ProcessRow, topology } from '@agon/stack';
import { EarlierRelease, earlierReleaseMissing } from '../release/earlier-release.ts';
import { underFire } from '../fire.ts';
import type { Scenario } from '../scenario.ts';

/** The simulated model is no part of a release. */
const SERVICES = topology.filter(({ name, kind }) => kind === 'service' && name !== 'llm-sim').map(({ name }) => name);
const INPUTS = 30;
/** Twice the processes on the same machine: half the load. */
const THINK_MS = 200;

const oldNameOf = (name: string): string => `${name}-old`;

/**
 * Each service twice: of the earlier release, and of this one when that is ready, as a deployment would start it. The earlier
 * one knows no roles: all of them speak to the database as its owner.
 */
const rowsOf = (release: EarlierRelease): ProcessRow[] =>
  topology.flatMap((row): ProcessRow[] => {
    if (!SERVICES.includes(row.name)) return [{ ...row, provision: undefined }];
    const old = { ...row, name: oldNameOf(row.name), main: release.mainOf(row.name) };
    return [old, { ...row, depends: [...row.depends, ...SERVICES.map(oldNameOf)] }];
  });

export const rollingDeploy: Scenario = {
  name: 'rolling-deploy',
  code: 'F19',
  title: 'the earlier release and this one side by side, on events of the earlier one',
  missing: earlierReleaseMissing,
  async run(context) {
    context.say('building the earlier release');
    const release = await EarlierRelease.build();
    try {
      return await underFire(context, { rows: rowsOf(release), thinkMs: THINK_MS }, async (fire) => {
        const { stack } = fire.installation;
        const deciders = SERVICES.filter((name) => name !== 'gateway');
        // What the earlier release decides alone is what this one finds.
        for (const name of deciders) await stack.process(name).stop();
        await fire.goOn(INPUTS);
        for (const name of deciders) {
          await fire.fault({ what: `${name} of this release joins`, begin: () => stack.process(name).start() });
        }
        await fire.goOn(INPUTS);
        for (const name of SERVICES) {
          await fire.fault({
            what: `${name} of the earlier release ends`,
            begin: () => stack.process(oldNameOf(name)).stop(),
          });
        }
        await fire.goOn(INPUTS);
      });
    } finally {
      release.remove();
    }
  },
};
