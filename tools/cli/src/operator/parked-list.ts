import { table } from '@agon/stack';
import { reasonOf } from './parked-story.ts';
import type { Parked } from './parked.ts';

/** One line per parked story. */
export async function list({ stories, say }: Parked, json: boolean): Promise<number> {
  const all = await stories.list();
  if (json) {
    say(JSON.stringify({ ok: true, stories: all }));
    return 0;
  }
  if (all.length === 0) {
    say('no message is parked');
    return 0;
  }
  const head = ['service', 'story', 'position', 'message', 'reason', 'since', 'tried', 'behind', 'redrive'];
  const rows = all.map((story) => [
    story.service,
    story.storyId,
    String(story.position),
    story.type,
    reasonOf(story.error),
    story.parkedAt,
    String(story.attempts),
    String(story.behind),
    story.redriveRequested ? 'asked for' : '-',
  ]);
  for (const line of table([head, ...rows])) say(line);
  return 0;
}
