import { buildContentPack, type ContentPack } from '../src/content-pack.ts';
import { specOf, textKind, type TextKind } from '../src/text-kinds.ts';

export interface Entry {
  id: string;
  when?: Record<string, string | string[]>;
  text: string;
}

/** The files of the smallest pack that is accepted, to be changed by a test: the value as JSON, a string as it is. */
export const smallPackFiles = (changes: Readonly<Record<string, unknown>> = {}): Map<string, string> =>
  new Map(
    Object.entries({
      'pack.json': { name: 'small', version: 1, title: 'A small pack', locale: 'en' },
      'symbols.json': { symbols: { weather: ['rain', 'fog'] } },
      ...Object.fromEntries(textKind.options.map((kind) => [specOf(kind).file, { templates: plainEntries(kind) }])),
      ...changes,
    }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)] as const],
    ),
  );

export const smallPack = (changes: Readonly<Record<string, unknown>> = {}): ContentPack =>
  buildContentPack('packs/small', smallPackFiles(changes));

/** As many templates without conditions as the kind demands. */
export const plainEntries = (kind: TextKind): Entry[] => {
  const { atLeast, mustName } = specOf(kind);
  const who = mustName === undefined ? 'Plain words' : `#${mustName}.name# waits`;
  return Array.from({ length: atLeast }, (_, index) => ({ id: `plain-${index}`, text: `${who} ${index}` }));
};
