import { AgonClient } from '@agon/client';
import type { WireFeedEntry } from '@agon/contracts';
import { Follower, type Settled } from './follower.ts';

const storyId = 'p1_abcdefgh';
const text = { key: 'k', params: {}, text: 'A door closes.' };
const subject = {
  refinementId: 'r1',
  task: 'flow.beat_prose',
  conflictId: 'c1',
  itemId: 'beat-1',
  kind: 'beat',
  npcId: null,
  revision: 1,
  final: true,
} as const;
const beat: WireFeedEntry = {
  position: 1,
  type: 'DramaticBeatOccurred',
  data: { conflictId: 'c1', itemId: 'beat-1', beatType: 'moment', impact: 0.3, text },
  items: [{ itemId: 'beat-1', revision: 0, final: false, kind: 'beat', npcId: null, ...text, source: 'rules' }],
};
const better = { ...text, text: 'A door closes, and nobody turns.' };
const accepted: WireFeedEntry = {
  position: 2,
  type: 'RefinementAccepted',
  data: { ...subject, replaces: 0, late: false, changes: { text: better }, refused: [], source: 'llm-sim' },
  items: [
    {
      itemId: 'beat-1',
      revision: 1,
      final: true,
      kind: 'beat',
      npcId: null,
      ...better,
      source: 'llm-sim',
      replaces: 0,
    },
  ],
};

/** A stream that brings these entries and then stays open. */
const streaming = (...entries: WireFeedEntry[]) => {
  const lines = entries.map(
    (entry) => `id: ${entry.position}\nevent: ${entry.type}\ndata: ${JSON.stringify(entry)}\n\n`,
  );
  return new AgonClient({
    baseUrl: 'http://gateway',
    fetch: (_url, { signal }) => {
      const body = new ReadableStream<Uint8Array>({
        start: (stream) => {
          stream.enqueue(new TextEncoder().encode(lines.join('')));
          signal?.addEventListener('abort', () => stream.error(signal.reason));
        },
      });
      return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
    },
  });
};

it('a follower knows each text as it was first and as it is, and tells of its refinement', async () => {
  const told: Settled[] = [];
  const follower = new Follower(streaming(beat, accepted), storyId, (one) => told.push(one));
  await follower.reached(2);
  await follower.leave();
  expect(follower.first.get('beat-1')?.text).toBe('A door closes.');
  expect(follower.items.get('beat-1')).toMatchObject({ revision: 1, final: true, text: better.text });
  expect([...follower.settlements.keys()]).toEqual(['r1']);
  expect(told.map(({ entry, before }) => [entry.type, before?.text])).toEqual([
    ['RefinementAccepted', 'A door closes.'],
  ]);
});
