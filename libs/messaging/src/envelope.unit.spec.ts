import { countedLog } from '../test/counted-log.ts';
import { appendInput } from '../test/inputs.ts';
import { readEnvelope, readReply } from './envelope.ts';

describe('readEnvelope', () => {
  it('reads back what was published, with metadata of a later version', async () => {
    const stored = await appendInput(await countedLog(), { data: { by: 1, deep: { list: [1, null, 'x'] } } });
    const later = { ...stored, metadata: { ...stored.metadata, tomorrow: true } };
    expect(readEnvelope(JSON.stringify(later))).toEqual(later);
  });

  it.each(['', 'null', '[]', '{"position":1}', '{'])('reads nothing from %j', (payload) => {
    expect(readEnvelope(payload)).toBeUndefined();
  });
});

describe('readReply', () => {
  it('reads back what a service answered', async () => {
    const stored = await appendInput(await countedLog());
    const reply = { service: 'counting', eventId: stored.eventId, outcome: 'appended', events: [stored] };
    expect(readReply(JSON.stringify(reply))).toEqual(reply);
  });

  it.each(['', '{}', '{"service":"a","eventId":"b","outcome":"other","events":[]}'])(
    'reads nothing from %j',
    (payload) => {
      expect(readReply(payload)).toBeUndefined();
    },
  );
});
