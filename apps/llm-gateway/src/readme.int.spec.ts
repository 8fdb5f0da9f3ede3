import { baseConfig, describeConfig } from '@agon/service-kit';
import { readFileSync, writeFileSync } from 'node:fs';
import { llmGatewayConfig } from './config.ts';

const README = new URL('../../../README.md', import.meta.url);
const SECTION = /(<!-- model configuration -->)[\s\S]*?(<!-- \/model configuration -->)/;

/** The variables that only this service reads. */
function table(): string {
  const rows = describeConfig(llmGatewayConfig)
    .filter(({ name }) => !Object.hasOwn(baseConfig.shape, name))
    .map(({ name, default: value, allowed, meaning }) => [`\`${name}\``, value ?? 'none', allowed, meaning])
    .map((cells) => `| ${cells.join(' | ')} |`);
  return ['| variable | default | allowed | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** `AGON_WRITE_DOCS=1 npx jest readme` writes the table instead of comparing it. */
it('the table of the model’s variables in the README is the one that the schema gives', () => {
  const readme = readFileSync(README, 'utf8');
  const expected = readme.replace(SECTION, (_, start: string, end: string) => `${start}\n\n${table()}\n\n${end}`);
  if (process.env.AGON_WRITE_DOCS === '1') writeFileSync(README, expected);
  else expect(readme).toBe(expected);
  expect(expected).toContain(table());
});
