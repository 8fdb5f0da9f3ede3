import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rulesOf } from './rules.ts';

describe('the name of the rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agon-rules-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (file: string, text: string): string => {
    mkdirSync(join(folder, 'flow'), { recursive: true });
    writeFileSync(join(folder, file), text);
    return rulesOf(folder);
  };

  it('is another one whenever code of the service is, wherever it stands', () => {
    const names = [
      write('flow/flow.js', 'evolve'),
      write('flow/flow.js', 'evolve differently'),
      write('flow/phases.js', 'what evolve uses'),
    ];
    expect(new Set(names).size).toBe(3);
    expect(names.every((name) => /^[0-9a-f]{16}$/.test(name))).toBe(true);
  });

  it('is the same for the same code, whatever else lies beside it', () => {
    const before = rulesOf(folder);
    expect(write('flow/flow.d.ts', 'types')).toBe(before);
    expect(write('flow/flow.js.map', '{}')).toBe(before);
    expect(rulesOf(folder)).toBe(before);
  });
});
