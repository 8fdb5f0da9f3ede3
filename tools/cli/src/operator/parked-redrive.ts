import { setTimeout as delay } from 'node:timers/promises';
import type { ParkedStory } from '@agon/event-store';
import { findParked, reasonOf } from './parked-story.ts';
import type { Parked } from './parked.ts';

interface RedriveOptions {
  /** All parked stories when absent. */
  readonly which: { service: string; storyId: string } | undefined;
  /** How long to watch, in milliseconds; 0: not at all. */
  readonly waitMs: number;
  readonly json: boolean;
}

/** What came of one request. */
interface Redriven {
  readonly service: string;
  readonly storyId: string;
  readonly messages: number;
  /** `waiting`: nothing has come of it within the time; the request stays. */
  outcome: 'handled' | 'failed' | 'waiting';
  /** Of a story that failed again, or that nobody takes up. */
  reason?: string | undefined;
}

/** Between two looks, in milliseconds. */
const LOOK_MS = 200;

const keyOf = ({ service, storyId }: { service: string; storyId: string }): string => `${service} ${storyId}`;

/** Asks for the redrive of one story or of all, and watches what comes of it. */
export async function redrive(parked: Parked, { which, waitMs, json }: RedriveOptions): Promise<number> {
  const { stories, log, say } = parked;
  const wanted = which === undefined ? await stories.list() : [await findParked(stories, which.service, which.storyId)];
  const requests = new Map<string, Redriven>();
  for (const { service, storyId, partition } of wanted) {
    const messages = await log.requestRedrive(service, { partition, storyId });
    requests.set(keyOf({ service, storyId }), { service, storyId, messages, outcome: 'waiting' });
  }
  const told = [...requests.values()];
  if (waitMs > 0) await watch(parked, requests, waitMs, json ? () => undefined : tellAs(say));
  const ok = waitMs === 0 || told.every(({ outcome }) => outcome === 'handled');
  if (json) say(JSON.stringify({ ok, stories: told }));
  else if (told.length === 0) say('no message is parked');
  else if (waitMs === 0) say(`asked for ${told.length}; "./agon parked list" shows what comes of it`);
  return ok ? 0 : 1;
}

const tellAs =
  (say: Parked['say']) =>
  ({ service, storyId, messages, outcome, reason = '' }: Redriven): void => {
    const said = {
      handled: `goes on, parked before: ${messages}`,
      failed: `failed again: ${reasonOf(reason)}`,
      waiting: `still waits: ${reason}`,
    };
    say(`${service}  ${storyId}  ${said[outcome]}`);
  };

async function watch(
  { stories, signal }: Parked,
  requests: ReadonlyMap<string, Redriven>,
  waitMs: number,
  tell: (redriven: Redriven) => void,
): Promise<void> {
  const open = new Map(requests);
  const deadline = performance.now() + waitMs;
  while (open.size > 0 && performance.now() < deadline) {
    const now = new Map((await stories.list()).map((story) => [keyOf(story), story]));
    for (const [key, redriven] of open) {
      const outcome = outcomeOf(now.get(key));
      if (outcome === 'waiting') continue;
      redriven.outcome = outcome;
      if (outcome === 'failed') redriven.reason = now.get(key)?.error ?? 'no reason was recorded';
      open.delete(key);
      tell(redriven);
    }
    if (open.size > 0) await delay(LOOK_MS, undefined, { signal });
  }
  for (const redriven of open.values()) {
    const { service } = redriven;
    redriven.reason = (await stories.isConnected(service))
      ? `${service} is at it, or what it needs is away: see "./agon logs ${service}"`
      : `${service} does not run; it takes the request up when it starts`;
    tell(redriven);
  }
}

/** A request that is gone, of a story that is still there, has failed. */
const outcomeOf = (story: ParkedStory | undefined): Redriven['outcome'] => {
  if (story === undefined) return 'handled';
  return story.redriveRequested ? 'waiting' : 'failed';
};
