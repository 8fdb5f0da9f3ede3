import { consumes } from '@agon/contracts';
import type { StoredEvent } from '@agon/event-store';
import { eventually } from './eventually.ts';
import { carriedByBroker, readStreams } from './laws/broker-laws.ts';
import { continuous } from './laws/continuity.ts';
import { seenByPlayers } from './laws/feed-laws.ts';
import { type History, readHistory } from './laws/history.ts';
import { type ToldInput, storedOnce } from './laws/input-laws.ts';
import { decidedInOrder, decidedOnce, gapless, judgedOnce } from './laws/log-laws.ts';
import { findReadModels, foldedFromLog, readCheckpoints } from './laws/read-models.ts';
import { conserved, openRefinements } from './laws/refinement-laws.ts';
import type { System } from './system.ts';

/**
 * Waits until nothing is left to do: every service has handled what concerns it, every refinement is settled, the broker
 * holds the whole log, every read model has folded it. Then the log stands still, as long as nobody plays. Gives the log.
 */
export async function settled(system: System, timeout = 60_000): Promise<History> {
  const models = await findReadModels();
  let history: History = new Map();
  let lags: string[] = [];
  await eventually(
    'every service, the broker and the read models reach the end of the log',
    async () => {
      history = await readHistory(system, history);
      lags = await lagsOf(system, history, models);
      return lags.length === 0;
    },
    { timeout, seen: () => lags },
  );
  return history;
}

/**
 * Results of refinements that others have asked for are passed over, without a mark. The llm-gateway's own lags, for good
 * when it is killed within a second: that it has taken up what was asked shows in that nothing is open.
 */
function concerns(service: string, types: readonly string[], { type, data }: StoredEvent): boolean {
  if (service === 'llm-gateway' || !types.includes(type)) return false;
  if (type === 'RefinementAnswered') return data['owner'] === service;
  return type !== 'RefinementsDeclined' || JSON.stringify(data).includes(`"owner":"${service}"`);
}

async function lagsOf(
  system: System,
  history: History,
  models: Awaited<ReturnType<typeof findReadModels>>,
): Promise<string[]> {
  const lags: string[] = [];
  for (const [partition, events] of history) {
    const marks = await system.log.marks(partition);
    for (const [service, types] of Object.entries(consumes)) {
      const wanted = events.findLast((event) => concerns(service, types, event))?.position ?? 0;
      const mark = marks.get(service) ?? 0;
      if (mark < wanted) lags.push(`${service} handled ${mark} of ${wanted} in ${partition}`);
    }
  }
  const open = openRefinements(history);
  if (open.length > 0) lags.push(`${open.length} refinements are open, such as ${open[0]}`);
  const checkpoints = await readCheckpoints(system.pool, models);
  const streams = await readStreams(system.stack.nats.url, history.keys()).catch(() => new Map());
  for (const [partition, { length }] of history) {
    const folded = checkpoints.get(partition) ?? 0;
    const stored = streams.get(partition)?.lastSeq ?? 0;
    if (folded < length) lags.push(`folded ${folded} of ${length} in ${partition}`);
    if (stored < length) lags.push(`published ${stored} of ${length} in ${partition}`);
  }
  return lags;
}

/**
 * Waits until the system is at rest, and looks at it from every side: log, broker, read models, API. A line per breach.
 * @param told with them, the inputs of their stories must be exactly these
 */
export async function brokenLaws(system: System, told: readonly ToldInput[] = []): Promise<string[]> {
  const history = await settled(system);
  if (history.size === 0) throw new Error('nothing was played: the laws would hold of anything');
  const { rows } = await system.pool.query<{ line: string }>(
    `select concat_ws(' ', service, partition, position, story_id, error) as line from agon_log.parked`,
  );
  return [
    ...rows.map(({ line }) => `parked: ${line}`),
    ...gapless(history),
    ...judgedOnce(history),
    ...decidedOnce(history),
    ...decidedInOrder(history),
    ...continuous(history),
    ...conserved(history),
    ...storedOnce(history, told),
    ...(await carriedByBroker(system.stack.nats.url, history)),
    ...(await foldedFromLog(system.pool, history, await findReadModels())),
    ...(await seenByPlayers(system.urls, history)),
  ];
}
