import type { BenchContext, BenchResult, Benchmark } from '../benchmark.ts';
import { brokenOf } from '../bounds.ts';
import { spreadOf } from '../rounds.ts';
import { durabilityLine, durabilityOf, durablePostgres, emptyDatabase } from '../servers.ts';
import { fillEmmett, rebuildEmmett } from './emmett-feed.ts';
import { FeedInstallation } from './installation.ts';

/** Rebuild, events per second. */
const FAST_ENOUGH = 50_000;

interface Effort {
  readonly recorded: number;
  readonly calls: number;
  readonly stories: number;
  readonly events: number;
  readonly rounds: number;
  /** Events of the log that emmett folds; it takes long. */
  readonly emmettEvents: number;
}

function effortOf({ long, smoke }: BenchContext): Effort {
  if (smoke) return { recorded: 2, calls: 5, stories: 20, events: 1_000, rounds: 1, emmettEvents: 500 };
  const usual = { recorded: 16, calls: 12, stories: 1_000, events: 100_000, rounds: 3, emmettEvents: 10_000 };
  return long ? { ...usual, stories: 5_000, events: 500_000, rounds: 7, emmettEvents: 100_000 } : usual;
}

const shown = (values: readonly number[]): string => {
  const { median, min, max } = spreadOf(values);
  return `${Math.round(median)} (${Math.round(min)} to ${Math.round(max)})`;
};

async function run(context: BenchContext): Promise<BenchResult> {
  const { say, signal } = context;
  const effort = effortOf(context);
  const installation = await FeedInstallation.start();
  const server = await durablePostgres();
  try {
    const recorded = await installation.record(effort.recorded, effort.calls, signal);
    const perStory = recorded.reduce((sum, story) => sum + story.length, 0) / recorded.length;
    const copies = Math.max(effort.stories, Math.ceil(effort.events / perStory));
    say(`  recorded ${recorded.length} stories of ${Math.round(perStory)} events; copying them to ${copies}`);
    await installation.copy(recorded, copies, signal);
    await installation.caughtUp(signal);
    await installation.published(signal);
    const { head } = await installation.tables.progress();
    const incremental = await installation.tables.fingerprint();
    const catchUps: number[] = [];
    const rebuilds: number[] = [];
    const unequal: string[] = [];
    const compare = async (what: string): Promise<void> => {
      const found = await installation.tables.fingerprint();
      if (found.hash !== incremental.hash)
        unequal.push(`the feed after a ${what} is not what the incremental fold gave`);
    };
    const theirs: number[] = [];
    const emmettUrl = await emptyDatabase(server, 'emmett');
    const some = (await installation.everything()).slice(0, effort.emmettEvents);
    await fillEmmett(emmettUrl, some);
    for (let round = 1; round <= effort.rounds; round += 1) {
      catchUps.push(await installation.catchUp(signal));
      await compare('catch-up');
      rebuilds.push(await installation.rebuild(signal));
      await compare('rebuild');
      theirs.push(await rebuildEmmett(emmettUrl, some, `story_feed_${round}`));
      say(
        `  round ${round}: catch-up ${shown(catchUps.slice(-1))}, rebuild ${shown(rebuilds.slice(-1))}, emmett ${shown(theirs.slice(-1))}`,
      );
    }
    const rebuild = spreadOf(rebuilds).median;
    const durability = durabilityLine(await durabilityOf(server));
    return {
      figures: {
        events: head,
        stories: copies + recorded.length,
        feed_rows: incremental.rows,
        catch_up_per_s: Math.round(spreadOf(catchUps).median),
        rebuild_per_s: Math.round(rebuild),
        emmett_rebuild_per_s: Math.round(spreadOf(theirs).median),
        unequal_folds: unequal.length,
      },
      broken: [
        ...brokenOf([{ what: 'rebuild, events/s', value: Math.round(rebuild), atLeast: FAST_ENOUGH }]),
        ...unequal,
      ],
      absent: [],
      table: [
        ['what', 'events', 'events/s'],
        ['ours, catch-up of a gateway that starts with empty tables', String(head), shown(catchUps)],
        ['ours, rebuild beside the live feed', String(head), shown(rebuilds)],
        ['emmett, rebuildPostgreSQLProjections', String(some.length), shown(theirs)],
      ],
      notes: [
        `The story feed of the running gateway, over ${head} events of ${copies + recorded.length} stories: ${recorded.length} were played with a simulated model, the others are copies of their events, which the gateway folded as they came. Medians of ${effort.rounds} rounds. Every feed is compared, row by row, with what the incremental fold gave. emmett makes the same entries from the same events with its Pongo documents, one per event. Postgres: ${durability}; read models commit without waiting for the disk.`,
      ],
      details: { ...effort, head, copies, incremental, catchUps, rebuilds, emmett: theirs, durability },
    };
  } finally {
    await Promise.all([installation.stop(), server.remove()]);
  }
}

export const projection: Benchmark = {
  name: 'projection',
  summary: 'events per second folded into the story feed by catch-up and rebuild: ours and emmett-postgresql',
  run,
};
