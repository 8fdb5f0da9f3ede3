import { z } from 'zod';

/** Every error code that the API can answer, with its HTTP status and title. */
export const problems = {
  malformed_request: { status: 400, title: 'The request is not well-formed; a body must be valid JSON' },
  invalid_request: { status: 400, title: 'A field of the request is not allowed' },
  idempotency_key_required: { status: 400, title: 'A write needs an Idempotency-Key header' },
  unauthorized: { status: 401, title: 'The API key is missing or wrong' },
  not_found: { status: 404, title: 'There is no such resource' },
  story_not_found: { status: 404, title: 'There is no such story' },
  conflict_not_found: { status: 404, title: 'The story has no such conflict' },
  conflict_exists: { status: 409, title: 'The story has a conflict with this id' },
  conflict_resolved: { status: 409, title: 'The conflict is resolved' },
  payload_too_large: { status: 413, title: 'The request body is too large' },
  unsupported_media_type: { status: 415, title: 'The request body must be application/json' },
  unknown_npc: { status: 422, title: 'The story has no such NPC' },
  unknown_conflict: { status: 422, title: 'The story has no such conflict' },
  unknown_content_pack: { status: 422, title: 'There is no such content pack' },
  not_a_stakeholder: { status: 422, title: 'The NPC has no part in this conflict' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used for another request' },
  internal_error: { status: 500, title: 'Agon failed to handle the request' },
  unavailable: { status: 503, title: 'Agon cannot take the request now' },
} as const;

export type ProblemCode = keyof typeof problems;

/** RFC 9457 problem details; `errors` names each wrong field and what is allowed. */
export const Problem = z
  .object({
    type: z.string().describe('about:blank; `code` tells the kind'),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    instance: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
