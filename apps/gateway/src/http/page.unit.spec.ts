import { FEED_TYPES, type FeedType, type Item, type WireFeedEntry, examples } from '@agon/contracts';
import { createHash } from 'node:crypto';
import { createContext, runInContext } from 'node:vm';
import { storyPage } from './page.ts';

const { html, policy } = storyPage();
const partOf = (tag: string): string => new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html)?.[1] ?? '';
const hash = (tag: string): string => `'sha256-${createHash('sha256').update(partOf(tag)).digest('base64')}'`;

describe('the page', () => {
  it('is short, and loads nothing from elsewhere', () => {
    expect(html.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
    expect(html).not.toMatch(/https?:|\/\/\w|<link|<img|src=|@import|url\(/);
  });

  it('shows texts as texts only', () => {
    expect(html).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval/);
  });

  it('may run what it holds, and nothing else', () => {
    expect(policy).toContain(`script-src ${hash('script')};`);
    expect(policy).toContain(`style-src ${hash('style')};`);
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/unsafe|\*|http/);
    expect(html).not.toMatch(/ style=| on\w+="/);
  });

  it('hears every type of the feed, and drafts', () => {
    const types = /data-types="(.*?)"/.exec(html)?.[1]?.split(' ');
    expect(types).toEqual([...FEED_TYPES, 'RefinementDelta']);
  });
});

/** As much of an element as the page's script uses. */
class Element {
  own = '';
  hidden = true;
  children: Element[] = [];
  dataset = { types: 'StakeholderReacted RefinementDelta' };

  constructor(readonly tag: string) {}

  set textContent(text: string) {
    this.own = text;
    this.children = [];
  }

  get textContent(): string {
    return [this.own, ...this.children.map((child) => child.textContent)].filter(Boolean).join('|');
  }

  appendChild(child: Element): Element {
    this.children.push(child);
    return child;
  }
}

/** Opens the page at an address, in a browser of which only that much is there. */
function open(search: string, hash = '', body = '') {
  const parts = new Map(['form', 'output', 'main', 'ol'].map((tag) => [tag, new Element(tag)]));
  const opened: { url: string; listeners: Map<string, (event: { data: string }) => void> }[] = [];
  const asked: { url: string; headers: unknown }[] = [];
  class EventSource {
    readonly listeners = new Map<string, (event: { data: string }) => void>();

    constructor(url: string) {
      opened.push({ url, listeners: this.listeners });
    }

    addEventListener(type: string, listener: (event: { data: string }) => void): void {
      this.listeners.set(type, listener);
    }
  }
  const page = {
    URLSearchParams,
    TextDecoderStream,
    EventSource,
    location: { search, hash },
    document: {
      body: new Element('body'),
      querySelector: (tag: string) => parts.get(tag),
      createElement: (tag: string) => new Element(tag),
    },
    fetch: (url: string, { headers }: { headers: unknown }) => {
      asked.push({ url, headers });
      return Promise.resolve(new Response(body));
    },
  };
  runInContext(partOf('script'), createContext(page));
  const send = (data: unknown): void => opened[0]?.listeners.get('RefinementDelta')?.({ data: JSON.stringify(data) });
  const shown = (tag: string) => parts.get(tag)?.children.map(({ textContent }) => textContent);
  return { opened, asked, send, shown, form: parts.get('form') };
}

const item = (of: Partial<Item> = {}): Item => ({
  itemId: 'i',
  revision: 0,
  final: false,
  kind: 'reaction',
  npcId: '11',
  key: 'k',
  params: {},
  text: 'Maren looks away.',
  source: 'rules',
  ...of,
});
const better = item({ revision: 1, replaces: 0, final: true, text: 'Maren shuts <b>it</b>.', source: 'llm-sim' });
const entry = (type: FeedType, items: Item[] = []): WireFeedEntry => ({
  position: 1,
  type,
  data: { ...examples[type], ...(type.startsWith('Refinement') ? { itemId: 'i' } : {}) },
  items,
});
const draft = { refinementId: 'i-r1', itemId: 'i', revision: 1, sequence: 3, text: 'Maren sh' };
const first = ' reaction · revision 0 · rules · may change|Maren looks away.';

describe('a story on the page', () => {
  it('is the one that the address names', () => {
    const { opened, form } = open('?story=p3_x%2F..');
    expect(opened.map(({ url }) => url)).toEqual(['/v1/stories/p3_x%2F../stream']);
    expect(form?.hidden).toBe(true);
  });

  it('is asked for where the address names none', () => {
    const { opened, asked, form } = open('');
    expect([opened, asked, form?.hidden]).toEqual([[], [], false]);
  });

  it('shows a text, its draft, and its refinement in its place', () => {
    const { send, shown } = open('?story=p3_x');
    send(entry('StakeholderJoined'));
    send(entry('StakeholderReacted', [item()]));
    expect(shown('main')).toEqual([`Maren Holt${first}`]);
    send(draft);
    expect(shown('main')).toEqual([`Maren Holt${first}|Maren sh`]);
    send(entry('RefinementAccepted', [better]));
    const refined =
      'Maren Holt reaction · revision 1 · simulated model · final|Maren shuts <b>it</b>.|Maren looks away.';
    expect(shown('main')).toEqual([refined]);
    send(draft);
    send(entry('StakeholderReacted', [item()]));
    expect(shown('main')).toEqual([refined]);
  });

  it('keeps the first text for good when no better one comes', () => {
    const { send, shown } = open('?story=p3_x');
    send(entry('StakeholderReacted', [item()]));
    send(entry('RefinementExpired'));
    send(draft);
    expect(shown('main')).toEqual([first.replace('may change', 'final')]);
  });

  it('puts what comes too late into the journal', () => {
    const { send, shown } = open('?story=p3_x');
    send(entry('StakeholderReacted', [item()]));
    send(entry('RefinementAccepted', [{ ...better, late: true }]));
    expect(shown('main')).toEqual([first.replace('may change', 'final')]);
    expect(shown('ol')).toEqual(['Maren shuts <b>it</b>. ( reaction · revision 1 · simulated model · final)']);
  });

  it('is read with the key of the address, where there is one', async () => {
    const told = `retry: 2000\n\nid: 1\nevent: StakeholderReacted\ndata: ${JSON.stringify(entry('StakeholderReacted', [item()]))}\n\n`;
    const { opened, asked, shown } = open(
      '?story=p3_x',
      '#key=secret',
      `${told}event: RefinementDelta\ndata: ${JSON.stringify(draft)}\n\n`,
    );
    while (shown('main')?.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(asked).toEqual([{ url: '/v1/stories/p3_x/stream', headers: { authorization: 'Bearer secret' } }]);
    expect(opened).toEqual([]);
    expect(shown('main')).toEqual([`${first}|Maren sh`]);
  });
});
