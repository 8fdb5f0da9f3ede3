import { setTimeout as delay } from 'node:timers/promises';
import { partitionOf, StoryId } from '@agon/contracts';
import type { EventLog, StoredEvent } from '@agon/event-store';
import { StackError } from '@agon/stack';
import { flagsOf } from '@agon/stack/commands/arguments';
import type { Command } from '@agon/stack/commands/command';
import { withLog } from './with-log.ts';

/** Events read at once. */
const PAGE = 500;
/** Milliseconds between two looks at a log that is followed. */
const INTERVAL = 200;

/** Reads what comes after a position, a page at a time, in the order of the log. */
interface Source {
  readonly page: (after: number) => Promise<StoredEvent[]>;
  /** Which events of a page are asked for. */
  readonly includes: (event: StoredEvent) => boolean;
  /** Why nothing was found, in pages with these streams. */
  readonly absent: (streams: ReadonlySet<string>) => Promise<string>;
}

const KINDS = 'say "log partition N", "log story STORY" or "log stream STREAM"';

/**
 * Prints events of a partition, a story or a stream; `--follow` goes on with what is appended, `--json` prints each as it is
 * stored, one a line.
 */
export const run: Command = async ({ args, folders, signal, say }) => {
  const { flags, values, words } = flagsOf(args, ['follow,f', 'json', 'after='], 2);
  const [kind = '', name = ''] = words;
  const first = positionOf(values.get('after'));
  const lineOf = flags.has('json') ? JSON.stringify : describe;
  const follow = flags.has('follow');
  const sourceIn = sourceOf(kind, name);
  return withLog(folders, async (log) => {
    const source = sourceIn(log);
    let found = false;
    const streams = new Set<string>();
    for (let after = first; !signal.aborted;) {
      const page = await source.page(after);
      after = page.at(-1)?.position ?? after;
      for (const { streamId } of page) streams.add(streamId);
      for (const event of page.filter(source.includes)) {
        found = true;
        say(lineOf(event));
      }
      if (page.length === PAGE) continue;
      if (!follow) break;
      await delay(INTERVAL, undefined, { signal }).catch(() => undefined);
    }
    if (!found && !follow && first === 0) throw new StackError(await source.absent(streams));
    return 0;
  });
};

function positionOf(text = '0'): number {
  const position = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(position)) return position;
  throw new StackError(`--after takes a position, a whole number from 0; "${text}" is none`);
}

/** Where to read in a log; throws before anything is connected when the words make no sense. */
function sourceOf(kind: string, name: string): (log: EventLog) => Source {
  if (name === '') throw new StackError(`what of the log? ${KINDS}`);
  if (kind === 'partition') return partitionSource(name);
  if (kind === 'story') return storySource(name);
  if (kind === 'stream') {
    const [, storyId = ''] = name.split('-', 2);
    if (!StoryId.safeParse(storyId).success) {
      throw new StackError(
        `"${name}" is no stream: those are CATEGORY-STORY or CATEGORY-STORY-ID, such as flow-p29_…-c1`,
      );
    }
    const storyIn = storySource(storyId);
    return (log) => {
      const story = storyIn(log);
      return {
        page: story.page,
        includes: ({ streamId }) => streamId === name,
        absent: async (streams) =>
          streams.size === 0
            ? story.absent(streams)
            : `the log has no stream "${name}"; that story has ${[...streams].toSorted().join(', ')}`,
      };
    };
  }
  throw new StackError(`"${kind}" is nothing that the log is read by: ${KINDS}`);
}

function partitionSource(name: string): (log: EventLog) => Source {
  const partition = Number(name);
  if (!/^\d+$/.test(name)) throw new StackError(`a partition is a whole number from 0; "${name}" is none`);
  return (log) => ({
    page: (after) => log.readPartition(partition, after, PAGE),
    includes: () => true,
    absent: async () => {
      const used = [...(await log.heads()).keys()].toSorted((a, b) => a - b);
      return used.length === 0
        ? 'the log is empty: no story was created yet'
        : `partition ${partition} is empty; events are in ${used.join(', ')}`;
    },
  });
}

function storySource(storyId: string): (log: EventLog) => Source {
  if (!StoryId.safeParse(storyId).success) {
    throw new StackError(`"${storyId}" is no story: its id is in the answer that created it, such as p29_…`);
  }
  return (log) => ({
    page: (after) => log.readStory(partitionOf(storyId), storyId, after, PAGE),
    includes: () => true,
    absent: () => Promise.resolve(`the log has no story "${storyId}"`),
  });
}

/** A line for people: where, when, by whom, what. */
function describe({ partition, position, recordedAt, streamId, version, type, metadata, data }: StoredEvent): string {
  const place = `${partition}/${position}`.padEnd(9);
  return `${place} ${recordedAt} ${metadata.source} ${type} ${streamId}@${version} ${JSON.stringify(data)}`;
}
