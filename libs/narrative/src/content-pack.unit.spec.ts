import { plainEntries, smallPack, type Entry } from '../test/small-pack.ts';
import { ContentPackError } from './content-pack-error.ts';

const reactions = (...more: Entry[]) => ({ 'reactions.json': { templates: [...plainEntries('reaction'), ...more] } });
const names = (...texts: string[]) => ({
  'names.json': { templates: texts.map((text, index) => ({ id: `name-${index}`, text })) },
});
const symbols = (written: Record<string, unknown>) => ({ 'symbols.json': { symbols: written } });
const about = (changes: Record<string, unknown>) => ({
  'pack.json': { name: 'small', version: 1, title: 'A small pack', locale: 'en', ...changes },
});
const anyReaction = '#npc.name# stays';

it('builds a pack', () => {
  const pack = smallPack();
  expect(pack).toMatchObject({ id: 'small@1', name: 'small', version: 1, title: 'A small pack', locale: 'en' });
  expect(pack.templates.get('reaction')).toHaveLength(6);
  expect(pack.templates.get('reaction')?.[0]?.key).toBe('reaction.plain-0');
});

it('puts templates with more conditions first, and keeps the order of the file otherwise', () => {
  const special = Array.from({ length: 6 }, (_, n) => ({ id: `s${n}`, when: { role: 'victim' }, text: anyReaction }));
  const keys = smallPack(reactions(...special))
    .templates.get('reaction')
    ?.map(({ key }) => key);
  expect(keys?.slice(0, 7)).toEqual([...special.map(({ id }) => `reaction.${id}`), 'reaction.plain-0']);
});

it('has a digest that changes with any file, and with nothing else', () => {
  expect(smallPack().digest).toMatch(/^[0-9a-f]{16}$/);
  expect(smallPack().digest).toBe(smallPack().digest);
  expect(smallPack(symbols({ weather: ['sun'] })).digest).not.toBe(smallPack().digest);
});

it('allows a hint at a schema for editors', () => {
  expect(() => smallPack({ 'symbols.json': { $schema: './symbols.schema.json', symbols: {} } })).not.toThrow();
});

describe('refuses in one line that names file, path and what is allowed', () => {
  const cases: [string, Record<string, unknown>, string][] = [
    [
      'an unknown value of a condition',
      reactions({ id: 'x', when: { emotionalResponse: 'angy' }, text: anyReaction }),
      'packs/small/reactions.json: templates[6].when.emotionalResponse: expected one of "neutral", "angry", "fearful", "surprised", "relieved" or a list of them, found "angy"',
    ],
    [
      'an unknown value in a list',
      reactions({ id: 'x', when: { role: ['victim', 'hero'] }, text: anyReaction }),
      'packs/small/reactions.json: templates[6].when.role: expected one of "instigator", "defender", "mediator", "opportunist", "victim", "bystander", "escalator", "peacemaker" or a list of them, found "hero"',
    ],
    [
      'an unknown condition',
      reactions({ id: 'x', when: { tone: 'angry' }, text: anyReaction }),
      'packs/small/reactions.json: templates[6].when.tone: not known here; allowed are "reactionType", "emotionalResponse", "role", "choiceType", "targeted"',
    ],
    [
      'an unknown slot',
      reactions({ id: 'x', text: '#npc.nmae# stays' }),
      'packs/small/reactions.json: templates[6].text: unknown #npc.nmae#; slots: npc.name, npc.they, npc.them, npc.their, npc.themself, npc.is, npc.has, npc.s, npc.es, player, place; symbols: weather; modifier: .capitalize',
    ],
    [
      'a # without a partner',
      reactions({ id: 'x', text: '#npc.name# is # 1' }),
      'packs/small/reactions.json: templates[6].text: a # has no partner; write references as #name#',
    ],
    [
      'a reaction that does not name its NPC',
      reactions({ id: 'x', text: '#npc.they.capitalize# stay#npc.s#' }),
      'packs/small/reactions.json: templates[6].text: expected #npc.name# in it: every text of this kind names its person',
    ],
    [
      'a doubled id',
      reactions({ id: 'plain-2', text: anyReaction }),
      'packs/small/reactions.json: templates[6].id: "plain-2" is taken by templates[2]; ids are unique in a file',
    ],
    [
      'an id of other signs',
      reactions({ id: 'Plain 2', text: anyReaction }),
      'packs/small/reactions.json: templates[6].id: expected lower-case letters, digits and hyphens, found "Plain 2"',
    ],
    [
      'a text of the wrong type, and more mistakes beside it',
      { 'reactions.json': { templates: [{ id: 'x', text: 7 }, { id: 'y' }] } },
      'packs/small/reactions.json: templates[0].text: expected a text, found 7 (and 1 more)',
    ],
    [
      'an empty text',
      reactions({ id: 'x', text: '' }),
      'packs/small/reactions.json: templates[6].text: expected one line of text without spaces around it, found ""',
    ],
    [
      'no templates',
      { 'beats.json': { templates: [] } },
      'packs/small/beats.json: templates: expected at least one entry',
    ],
    [
      'a list in place of an object',
      { 'beats.json': [] },
      'packs/small/beats.json: (file): expected an object, found a list',
    ],
    [
      'a kind without a fallback',
      {
        'withdrawals.json': {
          templates: plainEntries('withdrawal').map((entry) => ({ ...entry, when: { role: 'victim' } })),
        },
      },
      'packs/small/withdrawals.json: templates: expected at least one without conditions and optional slots, for facts that no other fits',
    ],
    [
      'a fallback that needs an optional slot',
      { 'atmosphere.json': { templates: [{ id: 'x', text: 'In #place#' }] } },
      'packs/small/atmosphere.json: templates: expected at least one without conditions and optional slots, for facts that no other fits',
    ],
    [
      'too few templates',
      { 'beats.json': { templates: plainEntries('beat').slice(1) } },
      'packs/small/beats.json: templates: only 5 fit best for any facts; at least 6 must, where a text with more conditions hides those with fewer',
    ],
    [
      'a special template that hides the others',
      reactions({ id: 'x', when: { role: 'victim', targeted: 'yes' }, text: anyReaction }),
      'packs/small/reactions.json: templates: only 1 fit best for role "victim", targeted "yes"; at least 6 must, where a text with more conditions hides those with fewer',
    ],
    [
      'a special template that hides the others once an optional slot is given',
      reactions({ id: 'x', when: { role: 'victim' }, text: '#npc.name# leaves #place#' }),
      'packs/small/reactions.json: templates: only 1 fit best for role "victim", given place; at least 6 must, where a text with more conditions hides those with fewer',
    ],
    [
      'a conflict name of one word',
      names('One Two', 'Three Four', 'Five'),
      'packs/small/names.json: templates[2].text: expected 2 to 4 plain words, 60 characters at most, found "Five"',
    ],
    [
      'a conflict name with a symbol',
      names('One Two', 'Three Four', 'The #weather#'),
      'packs/small/names.json: templates[2].text: expected 2 to 4 plain words, 60 characters at most, found "The #weather#"',
    ],
    [
      'a symbol with an unknown reference',
      symbols({ weather: ['rain', '#sun#'] }),
      'packs/small/symbols.json: symbols.weather[1]: unknown #sun#;',
    ],
    [
      'a symbol that is called like a slot',
      symbols({ npc: ['rain'] }),
      'packs/small/symbols.json: symbols.npc: this is the name of a slot; choose another one',
    ],
    [
      'a symbol whose name is no word',
      symbols({ 'bad name': ['rain'] }),
      'packs/small/symbols.json: symbols.bad name: expected a word of letters, found "bad name"',
    ],
    [
      'a symbol without phrases',
      symbols({ weather: [] }),
      'packs/small/symbols.json: symbols.weather: expected at least one entry',
    ],
    [
      'a symbol that leads to a slot which the kind does not have',
      {
        ...symbols({ weather: ['rain'], gaze: ['#npc.their# gaze'] }),
        'atmosphere.json': { templates: [...plainEntries('atmosphere'), { id: 'x', text: 'There is #gaze#.' }] },
      },
      'packs/small/atmosphere.json: templates[3].text: a symbol leads to #npc.their#, which is no slot here; slots: place',
    ],
    [
      'a symbol that contains itself',
      {
        ...symbols({ weather: ['#sky#'], sky: ['grey', '#weather#'] }),
        'atmosphere.json': { templates: [...plainEntries('atmosphere'), { id: 'x', text: 'See #weather#.' }] },
      },
      'packs/small/atmosphere.json: templates[3].text: #weather# → #sky# → #weather#: a symbol contains itself',
    ],
    [
      'an unknown file',
      { 'beat.json': {} },
      'packs/small/beat.json: not a file of a pack; allowed are pack.json, symbols.json, names.json,',
    ],
    [
      'a missing file',
      { 'gossip.json': undefined },
      'packs/small/gossip.json: missing; a pack has the files pack.json, symbols.json,',
    ],
    [
      'a version of the wrong type',
      about({ version: '1' }),
      'packs/small/pack.json: version: expected a whole number of at least 1, found "1"',
    ],
    [
      'a fraction of a version',
      about({ version: 1.5 }),
      'packs/small/pack.json: version: expected a whole number of at least 1, found 1.5',
    ],
    [
      'version 0',
      about({ version: 0 }),
      'packs/small/pack.json: version: expected a whole number of at least 1, found 0',
    ],
    ['a missing title', about({ title: undefined }), 'packs/small/pack.json: title: expected a text, it is missing'],
    [
      'a locale that is none',
      about({ locale: 'English' }),
      'packs/small/pack.json: locale: expected a language tag such as "en" or "de-AT", found "English"',
    ],
    [
      'an unknown key',
      about({ author: 'me' }),
      'packs/small/pack.json: author: not known here; allowed are "name", "version", "title", "locale"',
    ],
    [
      'JSON that ends too soon',
      { 'beats.json': '{ "templates": [\n' },
      'packs/small/beats.json: not valid JSON at line 2, column 1: ',
    ],
    [
      'JSON with a comma too many',
      { 'beats.json': '{\n  "templates": [1,]\n}' },
      'packs/small/beats.json: not valid JSON',
    ],
    ['an empty file', { 'beats.json': '' }, 'packs/small/beats.json: not valid JSON at line 1, column 1: '],
  ];

  it.each(cases)('%s', (_, changes, message) => {
    const build = () => smallPack(changes);
    expect(build).toThrow(ContentPackError);
    expect(build).toThrow(message);
    expect(build).not.toThrow('\n');
  });
});
