import { isRefinementType } from '@agon/contracts';
import { canonical, openRefinements, outcomesOf, readHistory, storyOf } from '@agon/testing/laws';
import { eventually } from '@agon/testing/load';
import { brokenLaws, settled } from './laws.ts';
import { type ModelMode, SIMULATED, setModel } from './model.ts';
import { playExample } from './play-example.ts';
import { START_MS, type System, startSystem } from './system.ts';

/** Milliseconds for two systems to start, one after the other. */
const BOTH_MS = 2 * START_MS;
const SEED = 'harbour-7';

/** What happened in a story: everything but ids, times and what has to do with refining. */
async function factsOf(system: System, storyId: string): Promise<string[]> {
  const history = await settled(system);
  return storyOf(history, storyId)
    .filter(({ type }) => !isRefinementType(type))
    .map(({ type, streamId, version, data, metadata: { because, source, inputSequence, depth } }) => {
      const stream = streamId.replace(storyId, '');
      return canonical({ type, stream, version, data, because, source, inputSequence, depth });
    })
    .toSorted();
}

const openNow = async (system: System): Promise<number> => openRefinements(await readHistory(system)).length;

/** Plays one story with the model in each mode; gives the facts and how the refinements ended, by mode. */
async function playAll(system: System, modes: readonly (ModelMode | 'off')[]) {
  const played = new Map<string, { facts: string[]; outcomes: Record<string, number> }>();
  for (const mode of modes) {
    if (mode !== 'off') await setModel(system, mode);
    // Each step comes when the texts of the one before are settled, or before: facts must not see the difference.
    const between = async (): Promise<void> => {
      if (mode !== 'slow') await eventually('nothing is open', async () => (await openNow(system)) === 0);
    };
    const storyId = await playExample(system.url, `equal-${mode}`, { seed: SEED, between });
    const facts = await factsOf(system, storyId);
    played.set(mode, { facts, outcomes: outcomesOf(storyOf(await settled(system), storyId)) });
  }
  expect(await brokenLaws(system)).toEqual([]);
  return played;
}

it(
  'equal seed and inputs give equal facts, whether the model is healthy, slow, failing or off',
  async () => {
    const played = new Map<string, { facts: string[]; outcomes: Record<string, number> }>();
    for (const [env, modes] of [
      [SIMULATED, ['healthy', 'slow', 'failing']],
      [{ AGON_LLM: 'off' }, ['off']],
    ] as const) {
      const system = await startSystem({}, env);
      try {
        for (const [mode, story] of await playAll(system, modes)) played.set(mode, story);
      } finally {
        await system.stop();
      }
    }
    // The modes did what their names say, or equal facts would show nothing.
    const count = (mode: string, outcome: RegExp): number =>
      Object.entries(played.get(mode)?.outcomes ?? {}).reduce(
        (sum, [name, n]) => sum + (outcome.test(name) ? n : 0),
        0,
      );
    expect(count('healthy', /^accepted/)).toBeGreaterThan(0);
    // The breaker may have opened under a slow model, and be open still when it fails.
    for (const mode of ['slow', 'failing']) {
      expect(count(mode, /^accepted|^rejected/)).toBe(0);
      expect(count(mode, /^expired|^failed/)).toBeGreaterThan(0);
    }
    expect(count('off', /^failed off/)).toBeGreaterThan(0);
    const healthy = played.get('healthy')?.facts ?? [];
    expect(healthy.length).toBeGreaterThan(40);
    for (const { facts } of played.values()) expect(facts).toEqual(healthy);
  },
  BOTH_MS,
);
