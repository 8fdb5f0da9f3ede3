import { type RefinementDelta, deltaSubject } from '@agon/contracts';
import { connectNats } from '@agon/messaging';
import { type TestNats, startNats } from '@agon/testing';
import type { NatsConnection } from '@nats-io/transport-node';
import { Drafts } from './drafts.ts';

const storyId = 'p3_aaaaaaaaaaaaaaaa';
const other = 'p3_bbbbbbbbbbbbbbbb';
const draft: RefinementDelta = { refinementId: 'x-r1', itemId: 'x', revision: 1, sequence: 4, text: 'Maren sh' };

describe('drafts', () => {
  let broker: TestNats;
  let nats: NatsConnection;
  let drafts: Drafts;

  beforeAll(async () => {
    broker = await startNats();
  });
  beforeEach(async () => {
    nats = await connectNats(broker.url, 'test', { wait: true });
    drafts = new Drafts(nats);
    drafts.onModuleInit();
  });
  afterEach(() => nats.close());
  afterAll(() => broker.remove());

  const send = (payload: unknown, { story = storyId, refinement = draft.refinementId } = {}): void =>
    nats.publish(
      deltaSubject('local', story, refinement),
      typeof payload === 'string' ? payload : JSON.stringify(payload),
    );
  /** Sends a last draft and waits until it has come: what was sent before has come or never will. */
  const allFor = async (...sends: (() => void)[]): Promise<RefinementDelta[]> => {
    const taken: RefinementDelta[] = [];
    const last = { ...draft, refinementId: 'last' };
    await new Promise<void>((resolve) => {
      drafts.follow(storyId, (came) => (came.refinementId === 'last' ? resolve() : taken.push(came)));
      for (const sending of sends) sending();
      send(last, { refinement: 'last' });
    });
    return taken;
  };

  it('come to those who follow their story', async () => {
    const elsewhere: RefinementDelta[] = [];
    drafts.follow(other, (came) => elsewhere.push(came));
    const newer = { ...draft, sequence: 5 };
    const taken = await allFor(
      () => send(draft),
      () => send({ ...draft, text: 'of the other' }, { story: other }),
      () => send(newer),
    );
    expect(taken).toEqual([draft, newer]);
    expect(elsewhere).toEqual([{ ...draft, text: 'of the other' }]);
  });

  it('come to nobody who has left', async () => {
    const taken: RefinementDelta[] = [];
    const leave = drafts.follow(storyId, (came) => taken.push(came));
    leave();
    expect(await allFor(() => send(draft))).toEqual([draft]);
    expect(taken).toEqual([]);
  });

  it('that are none are passed over', async () => {
    const taken = await allFor(
      () => send('{'),
      () => send({ ...draft, revision: 0 }),
      () => send({ ...draft, text: undefined }),
      () => send(draft, { refinement: 'another' }),
    );
    expect(taken).toEqual([]);
  });
});
