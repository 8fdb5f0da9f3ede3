/** What messaging measures. The application wires it to whatever it exposes. */
export interface MessagingMetrics {
  /** A message reached its handler's service; the queue behind it in messages, its own age in seconds. */
  delivered(type: string, partition: number, queueDepth: number, ageSeconds: number): void;
  /** A handler finished. `outcome` is that of its append, or `ignored`. */
  handled(type: string, outcome: string, seconds: number): void;
  failed(type: string, kind: 'transient' | 'permanent'): void;
  parked(type: string): void;
  /** A parked message was handled late, or failed again. */
  redriven(type: string, outcome: 'handled' | 'failed'): void;
  /** How many stories are parked for the service now. */
  parkedStories(stories: number): void;
  replyFailed(type: string): void;
  queried(name: string, outcome: 'answered' | 'failed', seconds: number): void;
}

/** Measures nothing. */
export const noMetrics: MessagingMetrics = {
  delivered: () => undefined,
  handled: () => undefined,
  failed: () => undefined,
  parked: () => undefined,
  redriven: () => undefined,
  parkedStories: () => undefined,
  replyFailed: () => undefined,
  queried: () => undefined,
};
