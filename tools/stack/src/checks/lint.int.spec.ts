import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { repositoryRoot } from '../paths.ts';

describe('oxlint', () => {
  const root = mkdtempSync(join(tmpdir(), 'agon-lint-'));
  afterAll(() => rmSync(root, { recursive: true }));

  const lint = (path: string, text: string): string => {
    copyFileSync(resolve(repositoryRoot, '.oxlintrc.json'), join(root, '.oxlintrc.json'));
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
    const { stdout, stderr } = spawnSync(resolve(repositoryRoot, 'node_modules/.bin/oxlint'), [path], {
      cwd: root,
      encoding: 'utf8',
    });
    return stdout + stderr;
  };

  it.each(['openai', 'openai/resources', 'opossum'])('lets apps/llm-gateway alone import %s', (name) => {
    const text = `import x from '${name}';\n\nexport const y = x;\n`;
    expect(lint('apps/gateway/src/ask.ts', text)).toContain('Only apps/llm-gateway talks to models.');
    expect(lint('libs/contracts/src/ask.ts', text)).toContain('no-restricted-imports');
    expect(lint('apps/llm-gateway/src/ask.ts', text)).toContain('Found 0 warnings and 0 errors');
  });
});
