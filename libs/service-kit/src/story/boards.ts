import { BoardQuery, partitionOf } from '@agon/contracts';
import { QueryError } from '@agon/messaging';
import { type Projection, readModel } from '@agon/projections';
import type { StoryRuntime } from './story-runtime.ts';

/** How long a read waits for its `after`, in milliseconds. */
const READ_AFTER_MS = 100;

/** A story's rows of one read model, at least as new as the question's `after`, else marked stale. */
export async function readBoards<Row extends object, Event>(
  { parts: { service, dataSource, projections } }: StoryRuntime,
  projection: Projection<Row, Event>,
  question: unknown,
): Promise<{ position: number; stale: boolean; boards: Row[] }> {
  const asked = BoardQuery.safeParse(question);
  if (!asked.success) throw new QueryError('bad_query', 'expected storyId and after');
  const { storyId, after } = asked.data;
  const partition = partitionOf(storyId);
  const reached = await projections.waitFor(partition, after, READ_AFTER_MS);
  const position = projections.position(partition);
  const rows = await readModel(dataSource, service, projection).docs(partition, storyId);
  return { position, stale: !reached, boards: rows.map(({ doc }) => doc) };
}
