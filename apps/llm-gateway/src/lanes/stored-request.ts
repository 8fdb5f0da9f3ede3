import { RefinementRequest } from '@agon/contracts';
import { z } from 'zod';

/** A request for a refinement as the log holds it, and as it lies on a lane: what the gateway needs of the event. */
export const StoredRequest = z.object({
  type: z.literal('RefinementRequested'),
  partition: z.int().min(0),
  storyId: z.string(),
  eventId: z.string(),
  correlationId: z.string(),
  metadata: z.object({
    game: z.string(),
    inputSequence: z.number().optional(),
    seed: z.string().optional(),
    contentPack: z.string().optional(),
    traceparent: z.string().optional(),
  }),
  data: RefinementRequest,
});
export type StoredRequest = z.infer<typeof StoredRequest>;

/** The request that a lane's message carries. Throws, and says what is wrong, when it carries anything else. */
export const readRequest = (payload: string): StoredRequest => {
  const parsed = StoredRequest.safeParse(JSON.parse(payload));
  if (parsed.success) return parsed.data;
  throw new Error(z.prettifyError(parsed.error));
};

/** Milliseconds until the refinement is of no use any more; none are left at 0 and below. `now`: by the log's clock. */
export const millisecondsLeft = ({ data }: StoredRequest, now: number): number => Date.parse(data.deadline) - now;
