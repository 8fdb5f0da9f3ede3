import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ContentPackError } from './content-pack-error.ts';
import { defaultContentPacks, loadContentPacks } from './load-content-packs.ts';
import { npcParams } from './person.ts';
import { pickText } from './pick-text.ts';
import { random } from './random.ts';

let root = '';
let folder = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'packs-'));
  folder = join(root, 'content-packs');
  cpSync(defaultContentPacks(), folder, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const path = (file: string): string => join(folder, 'harbour', file);
const edit = (file: string, from: string | RegExp, to: string): void => {
  const before = readFileSync(path(file), 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(path(file), after);
};
const line = (): string => {
  try {
    loadContentPacks(folder);
  } catch (error) {
    if (error instanceof ContentPackError) return error.message;
    throw error;
  }
  return 'loaded';
};

it('loads the packs that come with Agon, each under its id and its name', () => {
  const packs = loadContentPacks(defaultContentPacks());
  expect(packs.ids).toEqual(['harbour@1']);
  expect(packs.get('harbour@1')).toBe(packs.get('harbour'));
  expect(packs.find('forest')).toBeUndefined();
  expect(() => packs.get('forest')).toThrow(new ContentPackError('no content pack "forest"; there are harbour@1'));
});

it('shows a changed line at the next load', () => {
  const words = 'watches #player# and says nothing.';
  edit('reactions.json', words, 'watches #player# like a heron.');
  const pack = loadContentPacks(folder).get('harbour');
  const texts = Array.from({ length: 40 }, (_, n) =>
    pickText(pack, {
      kind: 'reaction',
      facts: {
        reactionType: 'observe',
        emotionalResponse: 'neutral',
        role: 'bystander',
        choiceType: 'neutral',
        targeted: 'no',
      },
      params: { ...npcParams({ name: 'Ilse', pronouns: 'she' }), player: 'you' },
      used: [],
      random: random({ storySeed: 'x', inputSequence: 1, stream: 's', n }),
    }),
  ).map(({ text }) => text);
  expect(texts).toContain('Ilse watches you like a heron.');
  expect(pack.digest).not.toBe(loadContentPacks(defaultContentPacks()).get('harbour').digest);
});

it('keeps several versions side by side; the name alone means the newest', () => {
  cpSync(join(folder, 'harbour'), join(folder, 'harbour@1'), { recursive: true });
  edit('pack.json', '"version": 1', '"version": 2');
  const packs = loadContentPacks(folder);
  expect(packs.ids).toEqual(['harbour@1', 'harbour@2']);
  expect(packs.get('harbour').id).toBe('harbour@2');
  expect(packs.get('harbour@1').version).toBe(1);
});

it('reads nothing but folders and JSON files', () => {
  writeFileSync(join(folder, 'notes.txt'), 'no pack');
  mkdirSync(join(folder, '.git'));
  writeFileSync(path('notes.md'), 'for writers');
  expect(line()).toBe('loaded');
});

describe('refuses, in one line', () => {
  const harbour = 'content-packs/harbour';
  const cases: [string, () => void, string | RegExp][] = [
    [
      'an unknown word in a condition',
      () => edit('reactions.json', '"emotionalResponse": "angry"', '"emotionalResponse": "cross"'),
      `${harbour}/reactions.json: templates[8].when.emotionalResponse: expected one of "neutral", "angry", "fearful", "surprised", "relieved" or a list of them, found "cross"`,
    ],
    [
      'an unknown condition',
      () => edit('reactions.json', '"emotionalResponse": "angry"', '"tone": "angry"'),
      `${harbour}/reactions.json: templates[8].when.tone: not known here; allowed are "reactionType", "emotionalResponse", "role", "choiceType", "targeted"`,
    ],
    [
      'a misspelt slot',
      () => edit('reactions.json', '#npc.name#', '#npc.nmae#'),
      /^content-packs\/harbour\/reactions\.json: templates\[0\]\.text: unknown #npc\.nmae#; slots: npc\.name, npc\.they, .*, player, place; symbols: pause, .*; modifier: \.capitalize$/,
    ],
    [
      'a reaction that names nobody',
      () => edit('reactions.json', '#npc.name# answers', 'Someone answers'),
      `${harbour}/reactions.json: templates[0].text: expected #npc.name# in it: every text of this kind names its person`,
    ],
    [
      'a doubled id',
      () => edit('gossip.json', '"rumor-seen-late"', '"rumor-promise"'),
      `${harbour}/gossip.json: templates[1].id: "rumor-promise" is taken by templates[0]; ids are unique in a file`,
    ],
    [
      'broken JSON',
      () => edit('beats.json', '"templates": [', '"templates": '),
      /^content-packs\/harbour\/beats\.json: not valid JSON/,
    ],
    [
      'a file cut short',
      () => writeFileSync(path('beats.json'), readFileSync(path('beats.json'), 'utf8').slice(0, 400)),
      /^content-packs\/harbour\/beats\.json: not valid JSON at line \d+, column \d+: /,
    ],
    [
      'five skeletons where six are needed',
      () => {
        edit('beats.json', '"beatType": "climax"', '"beatType": "moment"');
        edit('beats.json', '"beatType": "climax"', '"beatType": "moment"');
        edit('beats.json', '"beatType": "climax"', '"beatType": "moment"');
      },
      `${harbour}/beats.json: templates: only 5 fit best for beatType "climax", phase "seeds"; at least 6 must, where a text with more conditions hides those with fewer`,
    ],
    [
      'a kind without fallback',
      () => edit('atmosphere.json', /"id": "any-wait",/, '"id": "any-wait", "when": { "level": "high" },'),
      `${harbour}/atmosphere.json: templates: expected at least one without conditions and optional slots, for facts that no other fits`,
    ],
    [
      'a missing file',
      () => unlinkSync(path('names.json')),
      /^content-packs\/harbour\/names\.json: missing; a pack has the files pack\.json, symbols\.json, /,
    ],
    [
      'a file that does not belong to a pack',
      () => writeFileSync(path('name.json'), '{}'),
      /^content-packs\/harbour\/name\.json: not a file of a pack; allowed are pack\.json, symbols\.json, /,
    ],
    [
      'a folder called otherwise than its pack',
      () => edit('pack.json', '"harbour"', '"port"'),
      `${harbour}/pack.json: name: the folder must be called "port" or "port@1", found "harbour"`,
    ],
    [
      'one version twice',
      () => cpSync(join(folder, 'harbour'), join(folder, 'harbour@1'), { recursive: true }),
      'content-packs/harbour@1/pack.json: version: harbour@1 is there twice; versions of a pack differ',
    ],
    [
      'a folder with no packs',
      () => rmSync(join(folder, 'harbour'), { recursive: true }),
      'content-packs: no content pack in it; expected <name>/pack.json',
    ],
    [
      'a folder that is not there',
      () => rmSync(folder, { recursive: true }),
      'content-packs: expected a folder of content packs that can be read',
    ],
    [
      'a folder in place of a file',
      () => {
        unlinkSync(path('names.json'));
        mkdirSync(path('names.json'));
      },
      'content-packs/harbour/names.json: expected a file that can be read',
    ],
  ];

  it.each(cases)('%s', (_, breakIt, message) => {
    breakIt();
    if (typeof message === 'string') expect(line()).toBe(message);
    else expect(line()).toMatch(message);
    expect(line()).not.toContain('\n');
  });
});

it('finds its folder beside src, and so beside dist', () => {
  expect(basename(defaultContentPacks())).toBe('content-packs');
  expect(join(defaultContentPacks(), '..')).toBe(join(import.meta.dirname, '..'));
});
