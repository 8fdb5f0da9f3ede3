import type { MessagingMetrics } from '@agon/messaging';
import type { Metrics } from '../metrics.ts';

/** Lets messaging measure into the process's registry. */
export const messagingMetrics = (metrics: Metrics): MessagingMetrics => ({
  delivered: (_type, partition, queueDepth, ageSeconds) => {
    metrics.consumerLag(partition, queueDepth);
    metrics.queueAge(ageSeconds);
  },
  handled: (type, outcome, seconds) => metrics.handled(outcome, type, seconds),
  failed: (type, kind) => metrics.handlerFailed('event', type, kind),
  parked: (type) => metrics.handlerFailed('event', type, 'parked'),
  redriven: (type, outcome) => metrics.redriven(type, outcome),
  parkedStories: (stories) => metrics.parkedStories(stories),
  replyFailed: (type) => metrics.handlerFailed('reply', type, 'transient'),
  queried: (name, outcome, seconds) => metrics.handled(`query ${outcome}`, name, seconds),
});
