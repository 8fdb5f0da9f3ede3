import { textKind, textKinds } from './text-kinds.ts';
import { conflictFamilyOf } from './vocabulary.ts';

describe('conflictFamilyOf', () => {
  it.each([
    ['power_crisis', 'power'],
    ['Social rivalry', 'social'],
    ['template_ECONOMIC', 'economic'],
    ['harvest_crisis', 'crisis'],
    ['slice', 'other'],
    ['other', 'other'],
    ['', 'other'],
  ])('%j belongs to %j', (conflictType, family) => {
    expect(conflictFamilyOf(conflictType)).toBe(family);
  });
});

it('lists every kind of text, each in a file of its own', () => {
  expect([...textKind.options].sort()).toEqual(Object.keys(textKinds).sort());
  const files = Object.values(textKinds).map(({ file }) => file);
  expect(new Set(files).size).toBe(files.length);
});
