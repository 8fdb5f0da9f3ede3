import { examples } from '@agon/contracts';
import { type JsonObject, MemoryEventLog } from '@agon/event-store';
import { notOnce, readHistory } from './history.ts';

/** Appends events to one story, each by the service that owns its stream. */
async function store(log: MemoryEventLog, events: readonly { type: string; data: JsonObject }[]): Promise<void> {
  for (const [n, { type, data }] of events.entries()) {
    const outcome = await log.append({
      partition: 3,
      service: 'gateway',
      storyId: 'p3_abc',
      correlationId: `c${n}`,
      expected: new Map(),
      events: [
        {
          streamId: 'game-p3_abc',
          eventId: `00000000-0000-5000-8000-${String((counter += 1)).padStart(12, '0')}`,
          type,
          schemaVersion: 1,
          data,
          metadata: { game: 'local', source: 'game', depth: 0 },
        },
      ],
    });
    expect(outcome.outcome).toBe('appended');
  }
}
let counter = 0;

const choice = (turnId: string) => ({ type: 'PlayerChoiceMade', data: { ...examples.PlayerChoiceMade, turnId } });

describe('readHistory', () => {
  const log = new MemoryEventLog();
  let heads: Map<number, number>;

  beforeAll(async () => {
    await log.claim('gateway', ['game']);
    await store(log, [choice('before')]);
    heads = await log.heads();
    await store(log, [
      choice('once'),
      choice('twice'),
      choice('twice'),
      { type: 'RefinementRequested', data: {} },
      { type: 'RefinementAccepted', data: {} },
      { type: 'RefinementFailed', data: { reason: 'overload' } },
      { type: 'RefinementFailed', data: { reason: 'off' } },
    ]);
  });

  it('finds the inputs since then by their keys, and what is not there exactly once', async () => {
    const history = await readHistory(log, heads);
    expect(notOnce(history, ['once'])).toEqual([]);
    expect(notOnce(history, ['once', 'twice', 'never', 'before'])).toEqual(['twice', 'never', 'before']);
  });

  it('counts what became of refinements', async () => {
    const { requested, settled, shed } = await readHistory(log, heads);
    expect({ requested, settled, shed }).toEqual({
      requested: 1,
      settled: { RefinementAccepted: 1, RefinementFailed: 2 },
      shed: 1,
    });
  });
});
