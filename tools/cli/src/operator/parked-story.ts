import type { ParkedStories, ParkedStory } from '@agon/event-store';
import { StackError } from '@agon/stack';

/** How many names an error message lists. */
const NAMED = 5;

const named = (names: readonly string[]): string =>
  names.slice(0, NAMED).join(', ') + (names.length > NAMED ? ` and ${names.length - NAMED} more` : '');

/**
 * The parked story of that name.
 * @throws StackError that says what there is instead
 */
export async function findParked(stories: ParkedStories, service: string, storyId: string): Promise<ParkedStory> {
  const all = await stories.list();
  const found = all.find((story) => story.service === service && story.storyId === storyId);
  if (found !== undefined) return found;
  const services = await stories.services();
  const own = all.filter((story) => story.service === service);
  if (own.length > 0) {
    throw new StackError(
      `story "${storyId}" is not parked for ${service}; parked are ${named(own.map((story) => story.storyId))}`,
    );
  }
  if (!services.includes(service))
    throw new StackError(`there is no service "${service}"; there are ${named(services)}`);
  throw new StackError(`no story is parked for ${service}`);
}

/** The reason on one line, short enough for a table. */
export const reasonOf = (error: string | null): string => {
  const line = (error ?? 'waits for its turn').replaceAll(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
};
