import { isFeedType, isSettlementType, parseEvent } from '@agon/contracts';
import { MemoryEventLog, type StoredEvent } from '@agon/event-store';
import { Decisions, MAX_DEPTH } from '@agon/messaging';

const select = ({ type, data }: StoredEvent) => ({ type, data });

describe('the end of a cascade', () => {
  it('is an event of the contracts, and none that players see', async () => {
    const log = new MemoryEventLog();
    await log.claim('social-circle', ['circle']);
    const storyId = 'p0_aaaaaaaa';
    const metadata = { game: 'local', source: 'conflict-flow', depth: MAX_DEPTH };
    const cause = { streamId: `circle-${storyId}`, type: 'RoleAdapted', schemaVersion: 1, data: {}, metadata };
    const eventId = '00000000-0000-5000-8000-000000000001';
    const outcome = await log.append({
      partition: 0,
      service: 'social-circle',
      storyId,
      correlationId: eventId,
      expected: new Map(),
      events: [{ ...cause, eventId }],
    });
    const [message] = outcome.outcome === 'appended' ? outcome.events : [];
    if (message === undefined) throw new Error('the message was not stored');
    const decisions = new Decisions({ service: 'social-circle', log, isSettlement: isSettlementType });
    const use = { streamId: `circle-${storyId}`, decider: { initialState: () => 0, evolve: (n: number) => n }, select };
    const { events } = await decisions.handle(message, { use }, () => [
      { stream: 'use', events: [{ type: 'GossipStarted', data: {} }] },
    ]);
    const [cut] = events.map(parseEvent);
    expect(cut).toMatchObject({ type: 'CascadeCut', data: { reason: 'depth', dropped: ['GossipStarted'] } });
    expect(isFeedType('CascadeCut')).toBe(false);
  });
});
