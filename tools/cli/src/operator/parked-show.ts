import { findParked } from './parked-story.ts';
import type { Parked } from './parked.ts';

/** The parked messages of one story, each with its data and with why it is parked. */
export async function show(
  { stories, log, say }: Parked,
  { service, storyId }: { service: string; storyId: string },
  json: boolean,
): Promise<number> {
  const { partition } = await findParked(stories, service, storyId);
  const parked = (await log.parked(service)).filter((one) => one.partition === partition && one.storyId === storyId);
  const positions = parked.map(({ position }) => position);
  const events = new Map((await log.readAt(partition, positions)).map((event) => [event.position, event]));
  const messages = parked.map((message) => ({ ...message, event: events.get(message.position) ?? null }));
  if (json) {
    say(JSON.stringify({ ok: true, messages }));
    return 0;
  }
  const [first] = positions;
  say(`${service}, story ${storyId}, partition ${partition}: parked ${messages.length}`);
  for (const { position, error, attempts, parkedAt, redriveRequestedAt, event } of messages) {
    say('');
    say(`${position}  ${event?.type ?? 'not in the log'}  since ${parkedAt}`);
    if (error !== null) say(`  reason       ${error}  (given up ${attempts === 1 ? 'once' : `${attempts} times`})`);
    if (position !== first) say(`  waits behind ${first}`);
    if (redriveRequestedAt !== null) say(`  redrive      asked for at ${redriveRequestedAt}`);
    if (event === null) continue;
    say(`  event        ${event.eventId}, correlation ${event.correlationId}, recorded ${event.recordedAt}`);
    say(`  data         ${JSON.stringify(event.data)}`);
  }
  return 0;
}
