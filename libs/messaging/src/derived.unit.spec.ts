import { MemoryEventLog, type StoredEvent } from '@agon/event-store';
import { appendInput } from '../test/inputs.ts';
import { deriveEvent, deriveMetadata } from './derived.ts';

const input = async (): Promise<StoredEvent> => {
  const log = new MemoryEventLog();
  await log.claim('gateway', ['game']);
  await appendInput(log);
  return appendInput(log, {
    metadata: {
      seed: 's',
      contentPack: 'harbour@1',
      actor: 'player',
      traceparent: '00-1-2-01',
      replyTo: 'reply.g1.e',
      requestHash: 'h',
      because: ['nothing'],
    },
  });
};

describe('deriveMetadata', () => {
  it("takes the input's ordinal from its version, and hands on what all consequences share", async () => {
    const message = await input();
    expect(deriveMetadata(message, 'flow', '1.2')).toEqual({
      game: 'local',
      source: 'flow',
      causationId: message.eventId,
      inputSequence: 2,
      depth: 1,
      cascadeStart: 2,
      seed: 's',
      contentPack: 'harbour@1',
      traceparent: '00-1-2-01',
      engine: '1.2',
      replyTo: 'reply.g1.e',
    });
  });

  it('inherits the ordinal, and asks no reply, for what follows from a consequence', async () => {
    const message = await input();
    const consequence = { ...message, position: 7, version: 9, metadata: deriveMetadata(message, 'flow') };
    const derived = deriveMetadata(consequence, 'circle');
    expect(derived).toMatchObject({ source: 'circle', inputSequence: 2, depth: 2, cascadeStart: 2 });
    expect(derived.replyTo).toBeUndefined();
  });
});

describe('deriveEvent', () => {
  it('gives the same id to the same decision, and another one to every other', async () => {
    const message = await input();
    const ids = ['flow', 'circle'].flatMap((service) =>
      [0, 1, 0].map((n) => {
        const metadata = deriveMetadata(message, service);
        return deriveEvent(message, metadata, 'flow-x', { type: 'A', data: {} }, String(n), 1).eventId;
      }),
    );
    expect(ids[0]).toBe(ids[2]);
    expect(ids[3]).toBe(ids[5]);
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/);
  });
});
