import { Phase, Reputation, Role, TENSION_TYPES, TensionLevels, TensionType, TensionWord } from '@agon/contracts';
import type { Answer, Flow } from '@agon/contracts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { repositoryRoot } from '../paths.ts';

const byNpc = <T extends z.ZodType>(schema: T) => z.record(z.string(), schema);

const GoldenStep = z.strictObject({
  flow: z.strictObject({ phase: Phase, intensity: z.number(), momentum: z.number(), progress: z.number() }).optional(),
  /** Every axis; one that is not named stands at 0. */
  tension: TensionLevels.optional(),
  stress: byNpc(z.number()).optional(),
  scene: z
    .strictObject({ score: z.number(), level: TensionWord, dominantType: TensionType, dominantLevel: z.number() })
    .optional(),
  /** Kinds of texts that the answer must hold, beside those that every answer of its kind must. */
  tells: z.array(z.string()).optional(),
});
export type GoldenStep = z.infer<typeof GoldenStep>;

const GoldenFile = z.strictObject({
  /** The parts that the seed deals; stress is compared where a story has the same. */
  roles: byNpc(Role),
  steps: z.record(z.string(), GoldenStep),
  /** At the end. */
  reputations: byNpc(Reputation),
});
export type GoldenFile = z.infer<typeof GoldenFile>;

/** It stands beside the sources, which also run from `dist/`. */
const file = join(repositoryRoot, 'tools/stack/src/demo/golden.yaml');

/** The expected numbers. Throws when the file does not have the form above. */
export const readGolden = (path = file): GoldenFile =>
  GoldenFile.parse(parse(readFileSync(path, 'utf8'), { merge: true }));

/** What a story has told of the numbers at a step. */
export interface Told {
  readonly flow?: Flow | undefined;
  readonly tension?: TensionLevels | undefined;
  /** By NPC: the newest that any answer has told. */
  readonly stress: Readonly<Record<string, number>>;
  readonly scene?: Answer['scene'];
  /** Kinds of the texts. */
  readonly tells: readonly string[];
}

/** Every difference between what was told and what is expected, a line each. */
export function differences(told: Told, expected: GoldenStep): string[] {
  const { flow, tension, stress, scene } = told;
  const pairs: [name: string, told: unknown, expected: unknown][] = [
    ['phase', flow?.phase, expected.flow?.phase],
    ['intensity', flow?.intensity, expected.flow?.intensity],
    ['momentum', flow?.momentum, expected.flow?.momentum],
    ['progress', flow?.phaseProgress, expected.flow?.progress],
  ];
  if (expected.tension !== undefined) {
    for (const axis of TENSION_TYPES) {
      pairs.push([
        `tension ${axis}`,
        tension === undefined ? undefined : (tension[axis] ?? 0),
        expected.tension[axis] ?? 0,
      ]);
    }
  }
  for (const [npcId, level] of Object.entries(expected.stress ?? {})) {
    pairs.push([`stress of ${npcId}`, stress[npcId], level]);
  }
  for (const name of ['score', 'level', 'dominantType', 'dominantLevel'] as const) {
    pairs.push([`scene ${name}`, scene?.[name], expected.scene?.[name]]);
  }
  return [
    ...pairs
      .filter(([, is, must]) => must !== undefined && is !== must)
      .map(([name, is, must]) => `${name} is ${String(is)}, not ${String(must)}`),
    ...(expected.tells ?? []).filter((kind) => !told.tells.includes(kind)).map((kind) => `no text of kind ${kind}`),
  ];
}
