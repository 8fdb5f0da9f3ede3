import { FEED_TYPES } from '@agon/contracts';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const FILE = new URL('../../page/index.html', import.meta.url);

/** A page and the policy under which a browser may show it. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

/** The page that shows a story as it comes. It may run what it holds itself, and speak with this gateway alone. */
export function storyPage(): Page {
  // An EventSource hears only the types that it is told to.
  const types = [...FEED_TYPES, 'RefinementDelta'].join(' ');
  const html = readFileSync(FILE, 'utf8').replace('data-types=""', `data-types="${types}"`);
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(html, 'script')}`,
    `style-src ${hashOf(html, 'style')}`,
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, policy };
}

function hashOf(html: string, tag: 'script' | 'style'): string {
  const [, content] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html) ?? [];
  if (content === undefined) throw new Error(`the page holds no ${tag}`);
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
}
