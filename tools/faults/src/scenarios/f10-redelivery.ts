import { readHeads } from '@agon/testing/laws';
import { DeliverPolicy, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { Installation } from '../installation.ts';
import { underFire } from '../fire.ts';
import { decideAgain } from '../redelivery/decide-again.ts';
import { randomOf } from '../random.ts';
import type { Scenario } from '../scenario.ts';

/** A service makes a consumer that is gone anew, and may be faster. */
const TRIES = 20;
/** Times that every consumer goes back. */
const ROUNDS = { default: 4, long: 30 };
/** Inputs that are accepted between two of them. */
const BETWEEN = 8;

/** Lets every consumer of a stream deliver again from some earlier message on. Gives how many messages that are. */
async function rewind(jsm: JetStreamManager, stream: string, random: () => number): Promise<number> {
  let again = 0;
  for await (const { name, config } of jsm.consumers.list(stream)) {
    const { state } = await jsm.streams.info(stream);
    const start = state.first_seq + Math.floor(random() * (state.last_seq - state.first_seq + 1));
    const earlier = { ...config, deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start };
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      await jsm.consumers.delete(stream, name).catch(() => false);
      const made = await jsm.consumers.add(stream, earlier).catch(() => undefined);
      if (made?.config.opt_start_seq !== start) continue;
      again += state.last_seq - start + 1;
      break;
    }
  }
  return again;
}

async function rewindAll(installation: Installation, random: () => number): Promise<number> {
  const nats = await connect({ servers: installation.natsUrl });
  try {
    const jsm = await jetstreamManager(nats);
    let again = 0;
    for (const partition of (await readHeads(installation)).keys()) {
      again += await rewind(jsm, `STORY_${partition}`, random);
    }
    return again;
  } finally {
    await nats.close();
  }
}

export const redelivery: Scenario = {
  name: 'redelivery',
  code: 'F10',
  title: 'messages come again, several times and out of order',
  async run(context) {
    const random = randomOf(context.seed);
    let again = 0;
    const replicas = { 'conflict-flow': 2, 'stakeholder-actions': 2, 'social-circle': 2 };
    const played = await underFire(context, { replicas }, async (fire) => {
      for (let round = 0; round < (context.long ? ROUNDS.long : ROUNDS.default); round += 1) {
        await fire.fault({
          what: 'every consumer set back',
          begin: async () => {
            again += await rewindAll(fire.installation, random);
          },
        });
        await fire.goOn(BETWEEN);
      }
      if (again === 0) fire.violations.push('no message came again');
    });
    const alone = await decideAgain(context.long ? 200 : 20, random);
    return {
      ...played,
      load: { ...played.load, again },
      violations: [...played.violations, ...alone],
    };
  },
};
