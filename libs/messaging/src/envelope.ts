import { z } from 'zod';
import type { JsonObject, StoredEvent } from '@agon/event-store';
import type { Reply } from './handle-message.ts';

/** Parsed JSON needs no deeper look here: what the data holds is the business of the event's own schema. */
const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
);

const envelope: z.ZodType<StoredEvent> = z.object({
  partition: z.int(),
  position: z.int().positive(),
  streamId: z.string(),
  version: z.int().positive(),
  eventId: z.string(),
  storyId: z.string(),
  correlationId: z.string(),
  type: z.string(),
  schemaVersion: z.int(),
  data: jsonObject,
  metadata: z.looseObject({
    game: z.string(),
    source: z.string(),
    causationId: z.string().optional(),
    inputSequence: z.number().optional(),
    depth: z.int(),
    cascadeStart: z.int().optional(),
    seed: z.string().optional(),
    contentPack: z.string().optional(),
    actor: z.string().optional(),
    traceparent: z.string().optional(),
    engine: z.string().optional(),
    replyTo: z.string().optional(),
    requestHash: z.string().optional(),
    copied: z.boolean().optional(),
    because: z.array(z.string()).optional(),
  }),
  recordedAt: z.string(),
});

/** The event that a message of `STORY_<p>` carries, or undefined when it carries anything else. */
export const readEnvelope = (payload: string): StoredEvent | undefined => {
  try {
    return envelope.safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
};

const reply: z.ZodType<Reply> = z.object({
  service: z.string(),
  eventId: z.string(),
  outcome: z.enum(['appended', 'already-handled', 'duplicate', 'ignored', 'parked']),
  events: z.array(envelope),
});

/** The fast answer that a service has sent to whoever waits for it, or undefined when it is anything else. */
export const readReply = (payload: string): Reply | undefined => {
  try {
    return reply.safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
};
