import type { AppendOutcome, AppendRequest, EventLog } from './event-log.ts';
import type { StoryPublisher } from './story-publisher.ts';

/**
 * The same log, whose appends are published right after their commit. The append never waits for the broker.
 */
export const publishing = (log: EventLog, publisher: Pick<StoryPublisher, 'publish' | 'notice'>): EventLog => ({
  append: async (request: AppendRequest): Promise<AppendOutcome> => {
    const answer = await log.append(request);
    if (answer.outcome === 'appended') publisher.publish(answer.events);
    // The first try may have ended between its commit and its publishing.
    if (answer.outcome === 'duplicate') publisher.notice(request.partition, Math.max(...answer.positions));
    return answer;
  },
  readStream: (partition, streamId, after, limit) => log.readStream(partition, streamId, after, limit),
  loadStream: (partition, streamId, decider, limit) => log.loadStream(partition, streamId, decider, limit),
  keepSnapshot: (snapshot) => log.keepSnapshot(snapshot),
  readPartition: (partition, after, limit) => log.readPartition(partition, after, limit),
  readSelected: (partition, after, limit, types) => log.readSelected(partition, after, limit, types),
  readStory: (partition, storyId, after, limit) => log.readStory(partition, storyId, after, limit),
  readCorrelation: (partition, correlationId) => log.readCorrelation(partition, correlationId),
  countCorrelation: (partition, correlationId, from, to, limit) =>
    log.countCorrelation(partition, correlationId, from, to, limit),
  readAt: (partition, positions) => log.readAt(partition, positions),
  heads: () => log.heads(),
  marks: (partition) => log.marks(partition),
  claim: (service, categories) => log.claim(service, categories),
  register: (service, partitions, from) => log.register(service, partitions, from),
  park: (message) => log.park(message),
  parked: (service) => log.parked(service),
  firstParked: (service, story) => log.firstParked(service, story),
  parkedStories: (service) => log.parkedStories(service),
  requestRedrive: (service, story) => log.requestRedrive(service, story),
  requestedRedrives: (service) => log.requestedRedrives(service),
});
