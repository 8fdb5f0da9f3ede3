import { z } from 'zod';
import { type ZodOpenApiOperationObject, createDocument } from 'zod-openapi';
import { Answer } from './answers.ts';
import { FeedPage, WireFeedEntry } from './feed.ts';
import {
  ConflictEventBody,
  CreateConflictBody,
  CreateStoryBody,
  MakeChoiceBody,
  RegisterNpcsBody,
  ResolveConflictBody,
  SyncSceneBody,
} from './game-events.ts';
import { LocalId, StoryId } from './ids.ts';
import { Problem } from './problems.ts';
import { RefinementDelta, RefinementStatusWord } from './refinements.ts';
import { StoryState } from './state.ts';
import { StoryRefinements } from './story-refinements.ts';

const storyPath = z.object({ storyId: StoryId });
const conflictPath = storyPath.extend({ conflictId: LocalId });
const after = z.int().min(0).default(0).meta({ description: 'A position that an answer or the feed has told' });

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});
const readProblems = {
  '400': problem('A parameter is not allowed'),
  '401': problem('The API key is missing or wrong'),
  '404': problem('There is no such story or conflict'),
  '503': problem('Agon cannot take the request now'),
};
const writeProblems = {
  ...readProblems,
  '409': problem('The state of the conflict does not allow it'),
  '422': problem('The request names what the story does not have, or the key was used for another request'),
};
const json = (schema: z.ZodType, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

const ANSWER = [
  'The fast answer; `pending` names what will come on the feed.',
  'Every item is at revision 0, in a repeat too: where `final` is false, the feed brings revision 1 or says that none will come.',
].join(' ');
const STREAM = [
  'Each entry has the position as id, the type as event, the entry as data.',
  'Between them come drafts of the texts that a model is writing: event `RefinementDelta`, a `RefinementDelta` as data and no id.',
  'A draft may be lost; show it only while its item is at a lower revision and not final.',
].join(' ');

/** A write: its key, its body, and the merged fast answer. */
const write = (
  operationId: string,
  summary: string,
  body: z.ZodType,
  path: z.ZodObject | undefined,
  status: '200' | '201' = '200',
  answer: z.ZodType = Answer,
): ZodOpenApiOperationObject => ({
  operationId,
  summary,
  requestParams: {
    ...(path === undefined ? {} : { path }),
    header: z.object({
      'idempotency-key': z
        .string()
        .min(1)
        .max(128)
        .meta({ description: 'A repeat under the same key is answered from the log and stores nothing' }),
    }),
  },
  requestBody: { required: true, content: { 'application/json': { schema: body } } },
  responses: {
    [status]: json(answer, ANSWER),
    ...writeProblems,
  },
});

const StoryAnswer = Answer.extend(CreateStoryBody.shape).meta({ id: 'StoryAnswer' });

/** The OpenAPI 3.1 document of the gateway, made from the schemas that validate. */
export const openApiDocument = (): ReturnType<typeof createDocument> =>
  createDocument({
    openapi: '3.1.0',
    info: { title: 'Agon', version: '0.1.0', description: 'The conflict engine for narrative games' },
    paths: {
      '/v1/stories': {
        post: write('createStory', 'Create a story', CreateStoryBody, undefined, '201', StoryAnswer),
      },
      '/v1/stories/{storyId}/npcs': {
        put: write('registerNpcs', 'Register or update NPCs of the story', RegisterNpcsBody, storyPath),
      },
      '/v1/stories/{storyId}/conflicts': {
        post: write('createConflict', 'Begin a conflict', CreateConflictBody, storyPath, '201'),
      },
      '/v1/stories/{storyId}/conflicts/{conflictId}/choices': {
        post: write('makeChoice', 'Tell what the player chose', MakeChoiceBody, conflictPath),
      },
      '/v1/stories/{storyId}/conflicts/{conflictId}/events': {
        post: write('tellConflictEvent', 'Tell what happened in a conflict', ConflictEventBody, conflictPath),
      },
      '/v1/stories/{storyId}/conflicts/{conflictId}/resolve': {
        post: write('resolveConflict', 'End a conflict', ResolveConflictBody, conflictPath),
      },
      '/v1/stories/{storyId}/scenes/sync': {
        post: write('syncScene', 'Tell who is present and ask how the scene stands', SyncSceneBody, storyPath),
      },
      '/v1/stories/{storyId}/state': {
        get: {
          operationId: 'readState',
          summary: 'The story as it stands',
          requestParams: { path: storyPath, query: z.object({ after }) },
          responses: {
            '200': json(StoryState, 'The state; `stale` when `after` was not reached in time'),
            ...readProblems,
          },
        },
      },
      '/v1/stories/{storyId}/refinements': {
        get: {
          operationId: 'readRefinements',
          summary: 'Where the refinements of the story stand',
          requestParams: {
            path: storyPath,
            query: z.object({
              after,
              status: RefinementStatusWord.optional().meta({ description: 'Only those that stand so' }),
            }),
          },
          responses: {
            '200': json(StoryRefinements, 'By when they were asked for; `stale` when `after` was not reached in time'),
            ...readProblems,
          },
        },
      },
      '/v1/stories/{storyId}/feed': {
        get: {
          operationId: 'readFeed',
          summary: 'A page of the feed',
          requestParams: {
            path: storyPath,
            query: z.object({ after, limit: z.int().min(1).max(1000).default(200) }),
          },
          responses: { '200': json(FeedPage, 'Entries after the position, in order'), ...readProblems },
        },
      },
      '/v1/stories/{storyId}/stream': {
        get: {
          operationId: 'streamFeed',
          summary: 'The feed as server-sent events',
          requestParams: {
            path: storyPath,
            query: z.object({ after }),
            header: z.object({
              'last-event-id': z.string().optional().meta({ description: 'Goes on after this entry' }),
            }),
          },
          responses: {
            '200': {
              description: STREAM,
              content: { 'text/event-stream': { schema: z.union([WireFeedEntry, RefinementDelta]) } },
            },
            ...readProblems,
          },
        },
      },
    },
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
    security: [{ apiKey: [] }, {}],
  });
