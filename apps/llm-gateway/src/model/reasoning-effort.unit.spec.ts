import { leastEffort } from './reasoning-effort.ts';

it.each([
  ['gpt-5', 'minimal'],
  ['gpt-5-mini', 'minimal'],
  ['gpt-5-nano-2025-08-07', 'minimal'],
  ['gpt-5.1', 'none'],
  ['gpt-5.4-mini', 'none'],
  ['o3', 'low'],
  ['o4-mini', 'low'],
  ['gpt-5-chat-latest', undefined],
  ['gpt-5.1-chat-latest', undefined],
  ['gpt-4.1-mini', undefined],
  ['llm-sim', undefined],
  ['qwen2.5:7b', undefined],
])('of %s is %s', (model, effort) => {
  expect(leastEffort(model)).toBe(effort);
});
