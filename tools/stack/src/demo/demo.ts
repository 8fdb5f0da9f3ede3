import { flagsOf } from '../commands/arguments.ts';
import type { Command } from '../commands/command.ts';
import { conclude } from './conclude.ts';
import { rounded } from './figures.ts';
import { readGolden } from './golden.ts';
import { checkWish, environmentOf, isSimulator, modelWish } from './model.ts';
import { Narrator, pageOf } from './narrator.ts';
import { perform } from './perform.ts';
import type { Played } from './play-story.ts';
import { reportOf } from './report.ts';
import { Simulator } from './simulator.ts';
import { type Stage, onStage } from './stage.ts';

/** Starts everything if it does not run, plays a story for a person to read and then more of them for the figures. */
export const run: Command = async ({ args, folders, signal, say }) => {
  const { flags, values } = flagsOf(args, ['exit', 'json', 'model=']);
  const wish = modelWish(values.get('model'));
  const [exit, json] = [flags.has('exit'), flags.has('json')];
  const { tell, progress } = voice(say, json);
  const check = ({ model }: Stage): void => checkWish(wish, model);
  const env = environmentOf(wish);
  const report = await onStage({ folders, signal, exit, say: tell, env, check }, async (stage) => {
    const { gatewayUrl, model, simUrl } = stage;
    const simulator = simUrl !== undefined && isSimulator(model) ? new Simulator(simUrl) : undefined;
    if (wish !== undefined) await simulator?.setMode(wish);
    tell('');
    tell('A story over HTTP: every answer at once, from rules and templates; better texts come later, from a model.');
    tell('On the right: milliseconds from sending a call to the last byte of its answer.');
    tell(`The model: ${model}`);
    const { columns, isTTY } = process.stdout;
    const styled = isTTY && process.env['NO_COLOR'] === undefined;
    const narrator = new Narrator({ say: tell, columns, styled, gatewayUrl });
    try {
      const apiKey = process.env['AGON_API_KEY'];
      const story = { baseUrl: gatewayUrl, apiKey, golden: readGolden(), signal };
      const played = await perform({ ...story, narrator, simulator, say: tell, progress });
      const done = reportOf(played, figuresOf(stage));
      conclude(done, tell);
      if (!exit) goOn(stage, played.first, tell);
      return done;
    } finally {
      if (wish !== undefined) await simulator?.setMode('healthy');
    }
  });
  if (json) say(JSON.stringify(report));
  return report.ok ? 0 : 1;
};

/** Lines for a person, and on a terminal one at the end that the next one replaces. */
function voice(say: (line: string) => void, json: boolean) {
  const shows = process.stdout.isTTY && !json;
  let isShown = false;
  const clear = (): void => {
    if (isShown) process.stdout.write('\r\u001B[K');
    isShown = false;
  };
  return {
    tell: (line: string): void => {
      if (json) return;
      clear();
      say(line);
    },
    progress: (line: string): void => {
      if (!shows) return;
      clear();
      process.stdout.write(line);
      isShown = true;
    },
  };
}

function figuresOf({ memory, launchMs }: Stage): Record<string, number> {
  const idle = memory();
  return {
    ...(launchMs === undefined ? {} : { launchMs: rounded(launchMs) }),
    ...(idle === undefined ? {} : { idleMemoryMiB: rounded(idle) }),
  };
}

function goOn({ gatewayUrl, addresses }: Stage, { storyId }: Played, say: (line: string) => void): void {
  const key = process.env['AGON_API_KEY'] === undefined ? [] : ['  -H "authorization: Bearer $AGON_API_KEY" \\'];
  say('');
  say('Agon goes on running, until "./agon down":');
  for (const line of addresses) say(line);
  say('');
  say(`How the texts of the first story became better: ${pageOf(gatewayUrl, storyId)}`);
  say('Go on with it, the story of Maren, Tobias and Ilse:');
  const lines = [
    `curl ${gatewayUrl}/v1/stories/${storyId}/conflicts \\`,
    ...key,
    `  -H 'content-type: application/json' -H 'idempotency-key: my-first' \\`,
    `  -d '{"conflictType":"social_scandal","context":{"participants":["12","13"]}}'`,
  ];
  for (const line of lines) say(`  ${line}`);
}
