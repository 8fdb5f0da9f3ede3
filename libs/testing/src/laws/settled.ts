import { consumes, isEventType } from '@agon/contracts';
import { eventually } from '../load/eventually.ts';
import { carriedByBroker, readStreams } from './broker-laws.ts';
import { continuous } from './continuity.ts';
import { seenByPlayers } from './feed-laws.ts';
import { type History, type LoggedEvent, type Observed, readHistory } from './history.ts';
import { type ToldInput, storedOnce } from './input-laws.ts';
import { decidedInOrder, decidedOnce, gapless, judgedOnce } from './log-laws.ts';
import { conserved, openRefinements } from './refinement-laws.ts';

/**
 * Waits until nothing is left to do: every service has handled what concerns it, every refinement is settled, the broker
 * holds the whole log, every read model has folded it. Then the log stands still, as long as nobody plays. Gives the log.
 */
export async function settled(observed: Observed, timeout = 60_000): Promise<History> {
  let history: History = new Map();
  let lags: string[] = [];
  await eventually(
    'every service, the broker and the read models reach the end of the log',
    async () => {
      history = await readHistory(observed, history);
      lags = await lagsOf(observed, history);
      return lags.length === 0;
    },
    { timeout, interval: 100, seen: () => lags },
  );
  return history;
}

/**
 * Results of refinements that others have asked for are passed over, without a mark. The llm-gateway's own lags, for good
 * when it is killed within a second: that it has taken up what was asked shows in that nothing is open.
 */
function concerns(service: string, types: readonly string[], { type, data }: LoggedEvent): boolean {
  if (service === 'llm-gateway' || !types.includes(type)) return false;
  if (type === 'RefinementAnswered') return data['owner'] === service;
  return type !== 'RefinementsDeclined' || JSON.stringify(data).includes(`"owner":"${service}"`);
}

/** Every service's handled mark, by `<service> <partition>`. */
async function readMarks({ pool }: Observed): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ name: string; position: number }>(
    `select service || ' ' || partition as name, position::float8 as position from agon_log.handled`,
  );
  return new Map(rows.map(({ name, position }) => [name, position]));
}

/** The lowest checkpoint of each partition over all read models. */
async function readCheckpoints({ pool }: Observed): Promise<Map<number, number>> {
  const { rows } = await pool.query<{ partition: number; position: number }>(
    'select partition, min(position)::float8 as position from agon_read.checkpoints group by partition',
  );
  return new Map(rows.map(({ partition, position }) => [partition, position]));
}

async function lagsOf(observed: Observed, history: History): Promise<string[]> {
  const lags: string[] = [];
  const marks = await readMarks(observed);
  for (const [partition, events] of history) {
    for (const [service, types] of Object.entries(consumes)) {
      const wanted = events.findLast((event) => concerns(service, types, event))?.position ?? 0;
      const mark = marks.get(`${service} ${partition}`) ?? 0;
      if (mark < wanted) lags.push(`${service} handled ${mark} of ${wanted} in ${partition}`);
    }
  }
  const open = openRefinements(history);
  if (open.length > 0) lags.push(`${open.length} refinements are open, such as ${open[0]}`);
  const checkpoints = await readCheckpoints(observed);
  const streams = await readStreams(observed.natsUrl, history.keys()).catch(() => new Map());
  for (const [partition, { length }] of history) {
    const folded = checkpoints.get(partition) ?? 0;
    const stored = streams.get(partition)?.lastSeq ?? 0;
    if (folded < length) lags.push(`folded ${folded} of ${length} in ${partition}`);
    // Also more: something was appended after the log was read, such as an answer of the model that came too late.
    if (stored !== length) lags.push(`published ${stored} of ${length} in ${partition}`);
  }
  return lags;
}

/** Messages that services, and stories that projections could not handle: a line each. */
export async function parkedLines({ pool }: Pick<Observed, 'pool'>): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(
    `select concat_ws(' ', 'parked:', service, partition, position, story_id, error) as line from agon_log.parked
     union all
     select concat_ws(' ', 'a projection parked', service, name, story_id, position, error) from agon_read.parked`,
  );
  return rows.map(({ line }) => line);
}

/**
 * Looks at an installation at rest from every side: log, broker, API. A line per breach.
 * @param history what {@link settled} gave
 * @param told with them, the inputs of their stories must be exactly these
 */
export async function breachesOf(
  observed: Observed,
  history: History,
  told: readonly ToldInput[] = [],
): Promise<string[]> {
  if (history.size === 0) throw new Error('nothing was played: the laws would hold of anything');
  const known = withKnownTypes(history);
  return [
    ...(await parkedLines(observed)),
    ...gapless(history),
    ...judgedOnce(known),
    ...decidedOnce(known),
    ...decidedInOrder(known),
    ...continuous(known),
    ...conserved(known),
    ...storedOnce(known, told),
    ...(await carriedByBroker(observed.natsUrl, history)),
    ...(await seenByPlayers(observed.urls, known)),
  ];
}

/** Without the events of another version: the log and the broker carry them, and nobody else has to do with them. */
const withKnownTypes = (history: History): History =>
  new Map([...history].map(([partition, events]) => [partition, events.filter(({ type }) => isEventType(type))]));
