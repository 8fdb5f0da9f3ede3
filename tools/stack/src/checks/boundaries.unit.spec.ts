import { brokenBoundaries } from './boundaries.ts';
import { importsOf } from './imports.ts';

const declared = new Map([
  ['apps/gateway', new Set(['@agon/contracts', '@agon/event-store', '@agon/narrative'])],
  ['apps/conflict-flow', new Set<string>()],
  ['apps/llm-gateway', new Set<string>()],
  ['libs/event-store', new Set<string>()],
  ['libs/contracts', new Set<string>()],
]);
/** Not written out, because the check reads this file too. */
const loading = (name: string): string => `const module = await import('${name}');`;
const requiring = (name: string): string => `const module = require("${name}");`;
const broken = (path: string, text: string): string[] => brokenBoundaries([{ path, text }], declared);

describe('importsOf', () => {
  it('finds each way to import a module', () => {
    const source = `
import './side-effect.ts';
import type { A } from '@agon/a';
import b, { type B } from 'b';
import {
  c,
  d,
} from "c";
export * from './d.ts';
export type { E } from './e.ts';
const f = await import('f');
${requiring('g')}
const text = 'no import';
export const from = 'not-a-module';
`;
    expect(importsOf(source)).toEqual([
      { from: './side-effect.ts', typeOnly: false },
      { from: '@agon/a', typeOnly: true },
      { from: 'b', typeOnly: false },
      { from: 'c', typeOnly: false },
      { from: './d.ts', typeOnly: false },
      { from: './e.ts', typeOnly: true },
      { from: 'f', typeOnly: false },
      { from: 'g', typeOnly: false },
    ]);
  });
});

describe('the boundaries', () => {
  it.each([
    ['apps/gateway/src/main.ts', "import { x } from '@agon/conflict-flow';", 'nobody imports an app'],
    ['libs/contracts/src/x.ts', "import { x } from '@agon/gateway';", 'nobody imports an app'],
    ['apps/gateway/src/main.ts', "import { x } from '../../conflict-flow/src/x.ts';", 'stays inside its project'],
    ['libs/contracts/src/x.ts', "import { z } from '../../event-store/src/z.ts';", 'stays inside its project'],
    ['libs/event-store/src/x.ts', "import { Injectable } from '@nestjs/common';", 'do not import @nestjs'],
    ['apps/gateway/src/x.ts', "import { Pool } from 'pg';", 'import pg'],
    ['apps/gateway/src/x.ts', "import { x } from '@agon/projections';", 'package.json names'],
  ])('%s: %s breaks "%s"', (path, text, rule) => {
    expect(broken(path, text).filter((line) => line.includes(rule))).toHaveLength(1);
  });

  describe.each(['openai', 'openai/resources/responses', 'opossum', 'opossum/lib/circuit'])('%s', (name) => {
    it.each([
      `import x from '${name}';`,
      `import type { X } from '${name}';`,
      `export * from '${name}';`,
      loading(name),
      requiring(name),
    ])('is imported by apps/llm-gateway alone: %s', (text) => {
      for (const path of [
        'apps/gateway/src/ask.ts',
        'libs/contracts/src/ask.ts',
        'apps/gateway/test/ask.e2e.spec.ts',
      ]) {
        expect(broken(path, text)).toEqual([
          `${path} imports "${name}": only apps/llm-gateway imports openai and opossum`,
        ]);
      }
      expect(broken('apps/llm-gateway/src/ask.ts', text)).toEqual([]);
    });
  });

  it.each([
    ['libs/event-store/src/x.ts', "import { Pool } from 'pg';"],
    ['apps/gateway/src/x.ts', "import type { Pool } from 'pg';"],
    ['apps/gateway/src/x.int.spec.ts', "import { Client } from 'pg';"],
    ['apps/gateway/src/a/b/c.ts', "import { x } from '../../main.ts';"],
    ['apps/gateway/src/x.ts', "import { z } from '@agon/contracts';"],
  ])('%s: %s is allowed', (path, text) => {
    expect(broken(path, text)).toEqual([]);
  });

  it.each([
    ["import { append } from '@agon/event-store';", 1],
    ["import type { Decider } from '@agon/event-store';", 0],
    ["import { Injectable } from '@nestjs/common';", 1],
    ["import { v5 } from 'uuid';", 1],
    ["import { clamp01 } from '@agon/narrative';", 0],
    ["import { pace } from './pace.ts';", 0],
  ])('an aggregate with %s breaks %i rules', (line, count) => {
    const text = `${line}\nexport const decider = { decide };\n`;
    expect(broken('apps/gateway/src/story/story.ts', text)).toHaveLength(count);
    expect(broken('apps/gateway/src/story/other.ts', text)).toEqual([]);
  });
});
