import { flagsOf } from '../commands/arguments.ts';
import type { Command } from '../commands/command.ts';
import { COLD_LIMIT } from './calls.ts';
import { figuresTable, rounded } from './figures.ts';
import { readGolden } from './golden.ts';
import { Narrator } from './narrator.ts';
import { type PlayOptions, type Played, playStory } from './play-story.ts';
import { type Report, reportOf } from './report.ts';
import { type Stage, onStage } from './stage.ts';

/** Stories that are played for the figures. */
const STORIES = 20;
/** Of what was missed, the lines that are printed to a person. */
const LINES = 20;

/** Starts everything if it does not run, plays a story for a person to read and then more of them for the figures. */
export const run: Command = async ({ args, folders, signal, say }) => {
  const { flags } = flagsOf(args, ['exit', 'json']);
  const [exit, json] = [flags.has('exit'), flags.has('json')];
  const tell = json ? () => undefined : say;
  const report = await onStage({ folders, signal, exit, say: tell }, async (stage) => {
    const story = { baseUrl: stage.gatewayUrl, apiKey: process.env['AGON_API_KEY'], golden: readGolden(), signal };
    tell('');
    tell('A story from rules and templates alone, over HTTP.');
    tell('On the right: milliseconds from sending a call to the last byte of its answer.');
    const { columns, isTTY } = process.stdout;
    const styled = isTTY && process.env['NO_COLOR'] === undefined;
    const first = await playStory({ ...story, audience: new Narrator({ say: tell, columns, styled }) });
    tell('');
    const timed = await playMore(story, isTTY && !json);
    const done = reportOf(first, timed, figuresOf(stage));
    conclude(done, tell);
    if (!exit) goOn(stage, first, tell);
    return done;
  });
  if (json) say(JSON.stringify(report));
  return report.ok ? 0 : 1;
};

/** Plays fresh stories one after another. */
async function playMore(options: PlayOptions, showProgress: boolean): Promise<Played[]> {
  const played: Played[] = [];
  while (played.length < STORIES) {
    if (showProgress) process.stdout.write(`\r${played.length} of ${STORIES} more stories, for the figures… `);
    played.push(await playStory(options));
  }
  if (showProgress) process.stdout.write('\r\u001B[K');
  return played;
}

function figuresOf({ memory, launchMs }: Stage): Record<string, number> {
  const idle = memory();
  return {
    ...(launchMs === undefined ? {} : { launchMs: rounded(launchMs) }),
    ...(idle === undefined ? {} : { idleMemoryMiB: rounded(idle) }),
  };
}

function conclude({ ok, calls, cold, figures, missed }: Report, say: (line: string) => void): void {
  for (const line of figuresTable(calls)) say(line);
  say('');
  say(`${figures['stories']} stories after the first, whose slowest call took ${cold.max} ms (limit ${COLD_LIMIT}).`);
  const memory = figures['idleMemoryMiB'];
  if (memory !== undefined) say(`All processes together use ${memory.toFixed(0)} MiB of memory.`);
  if (ok) say('ok: every answer whole and in time, every number as recorded, stream equal to state.');
  else say('Missed:');
  for (const line of missed.slice(0, LINES)) say(`  ${line}`);
  if (missed.length > LINES) say(`  and ${missed.length - LINES} more`);
}

function goOn(stage: Stage, { storyId }: Played, say: (line: string) => void): void {
  const key = process.env['AGON_API_KEY'] === undefined ? [] : ['  -H "authorization: Bearer $AGON_API_KEY" \\'];
  say('');
  say('Agon goes on running, until "./agon down":');
  for (const line of stage.addresses) say(line);
  say('');
  say('Go on with the story of Maren, Tobias and Ilse:');
  const lines = [
    `curl ${stage.gatewayUrl}/v1/stories/${storyId}/conflicts \\`,
    ...key,
    `  -H 'content-type: application/json' -H 'idempotency-key: my-first' \\`,
    `  -d '{"conflictType":"social_scandal","context":{"participants":["12","13"]}}'`,
  ];
  for (const line of lines) say(`  ${line}`);
}
