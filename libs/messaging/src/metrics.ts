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
  /** A snapshot of a stream was kept, could not be kept, or spared a load the events before it. */
  snapshot(outcome: 'kept' | 'failed' | 'used'): void;
  /** A cascade has reached a limit: nothing follows from the message. */
  cascadeCut(type: string, reason: 'depth' | 'events'): void;
  /** A message was computed on for longer than 10 ms at a time. */
  blocked(type: string, seconds: number): void;
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
  snapshot: () => undefined,
  cascadeCut: () => undefined,
  blocked: () => undefined,
  queried: () => undefined,
};
