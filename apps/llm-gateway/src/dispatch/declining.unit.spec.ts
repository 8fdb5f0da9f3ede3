import { parseEvent } from '@agon/contracts';
import { MemoryEventLog, type StoredEvent } from '@agon/event-store';
import { jest } from '@jest/globals';
import { Registry } from 'prom-client';
import { RecordedLines } from '../../test/recorded-lines.ts';
import { claimAll, newStory, requestOf } from '../../test/requests.ts';
import { Declining } from './declining.ts';
import { DispatchMetrics } from './metrics.ts';
import { Results } from './results.ts';

const refinementsOf = (events: StoredEvent[]) =>
  events.map((stored) => {
    const event = parseEvent(stored);
    return event.type === 'RefinementsDeclined' ? event.data.refinements : [];
  });

describe('Declining', () => {
  let log: MemoryEventLog;
  let registry: Registry;
  let declining: Declining;
  let logger: RecordedLines;

  beforeEach(async () => {
    jest.useFakeTimers();
    log = new MemoryEventLog();
    await claimAll(log);
    registry = new Registry();
    logger = new RecordedLines();
    const results = new Results({ log, ended: new AbortController().signal, logger });
    declining = new Declining({ results, metrics: new DispatchMetrics(registry), logger });
  });
  afterEach(() => jest.useRealTimers());

  const declined = async (storyId: string): Promise<StoredEvent[]> => log.readStory(3, storyId, 0, 100);

  it('appends all of a story’s refusals of 250 ms as one event, and resolves them with it', async () => {
    const storyId = newStory();
    const first = requestOf(storyId);
    const added = [declining.add(first, 'off')];
    await jest.advanceTimersByTimeAsync(200);
    added.push(declining.add(requestOf(storyId), 'breaker_open'));
    await jest.advanceTimersByTimeAsync(49);
    expect(await declined(storyId)).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    await Promise.all(added);
    const events = await declined(storyId);
    expect(refinementsOf(events).map((told) => told.map(({ reason }) => reason))).toEqual([['off', 'breaker_open']]);
    expect(events[0]).toMatchObject({
      streamId: `llm-${storyId}`,
      correlationId: first.correlationId,
      metadata: { source: 'llm-gateway', causationId: first.eventId, depth: 0, inputSequence: 4, game: 'local' },
    });
  });

  it('keeps stories apart', async () => {
    const [one, two] = [newStory(), newStory()];
    const added = [declining.add(requestOf(one), 'off'), declining.add(requestOf(two), 'off')];
    await jest.advanceTimersByTimeAsync(250);
    await Promise.all(added);
    expect([await declined(one), await declined(two)].map((events) => events.length)).toEqual([1, 1]);
  });

  it('takes one that comes again in other company for a new event, and in the same for the old one', async () => {
    const storyId = newStory();
    const [first, second] = [requestOf(storyId), requestOf(storyId)];
    for (const requests of [[first], [first, second], [first, second]]) {
      const added = requests.map((request) => declining.add(request, 'off'));
      await jest.advanceTimersByTimeAsync(250);
      await Promise.all(added);
    }
    expect(refinementsOf(await declined(storyId)).map((told) => told.length)).toEqual([1, 2]);
  });

  it('stores at once when it is flushed', async () => {
    const storyId = newStory();
    const added = declining.add(requestOf(storyId), 'overload');
    await declining.flush();
    await added;
    expect(await declined(storyId)).toHaveLength(1);
  });

  it('rejects, and says so, when the log refuses', async () => {
    const storyId = newStory();
    jest.spyOn(log, 'append').mockResolvedValue({ outcome: 'parked' });
    const added = declining.add(requestOf(storyId), 'off');
    await declining.flush();
    await expect(added).rejects.toThrow('parked');
    expect(logger.errors).toEqual(['refusals were not stored; their owners let them expire']);
  });

  it('counts each by its reason', async () => {
    const storyId = newStory();
    void declining.add(requestOf(storyId), 'off');
    void declining.add(requestOf(storyId), 'off');
    expect(await registry.getSingleMetricAsString('agon_llm_requests_total')).toContain(
      'agon_llm_requests_total{task="stakeholder.reaction",lane="hot",outcome="off"} 2',
    );
  });
});
