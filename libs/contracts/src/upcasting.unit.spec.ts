import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { eventTypes, examples, stored } from '../test/examples.ts';
import { UnreadableEvent, isEventType, parseEvent } from './events.ts';
import { schemaVersionOf, type StoredData, upcast, type Upcasts } from './upcasting.ts';

/** One stored event of each type and schema version that there ever was. */
const golden = new URL('../golden/', import.meta.url);
const fileOf = (type: string, version: number): URL => new URL(`${type}.v${version}.json`, golden);
const read = (type: string, version: number): StoredData => JSON.parse(readFileSync(fileOf(type, version), 'utf8'));

// Files of versions that are new are written by `AGON_GOLDEN=write`; those that are there are never changed.
if (process.env['AGON_GOLDEN'] === 'write') {
  mkdirSync(golden, { recursive: true });
  for (const type of eventTypes) {
    const file = fileOf(type, schemaVersionOf(type));
    if (!existsSync(file)) writeFileSync(file, `${JSON.stringify(examples[type], null, 2)}\n`);
  }
}

describe('golden events', () => {
  const files = readdirSync(golden).map((name) => {
    const [, type = '', version = ''] = /^(\w+)\.v(\d+)\.json$/.exec(name) ?? [];
    return { name, type, version: Number(version) };
  });

  it('are there for every version of every type, and for no other', () => {
    const wanted = eventTypes.flatMap((type) =>
      Array.from({ length: schemaVersionOf(type) }, (_, n) => `${type}.v${n + 1}.json`),
    );
    expect(new Set(files.map(({ name }) => name))).toEqual(new Set(wanted));
  });

  it.each(files)('$name is read by today’s code', ({ type, version }) => {
    if (!isEventType(type)) throw new Error(`${type} is no event`);
    const event = parseEvent({ ...stored(type), schemaVersion: version, data: read(type, version) });
    expect(event.schemaVersion).toBe(schemaVersionOf(type));
    expect(event.data).toEqual(read(type, schemaVersionOf(type)));
  });
});

describe('upcasting', () => {
  const steps: Upcasts = {
    Moved: [
      ({ speed, ...rest }) => ({ ...rest, pace: speed }),
      (data) => ({ ...data, pace: Number(data['pace']) / 10, unit: 'share' }),
    ],
  };
  const moved = (schemaVersion: number, data: StoredData) => upcast({ type: 'Moved', schemaVersion, data }, steps);

  it('takes every step from the stored version to today’s, and keeps what no step names', () => {
    expect(schemaVersionOf('Moved', steps)).toBe(3);
    expect(moved(1, { speed: 5, mood: 'calm' })).toEqual({ pace: 0.5, unit: 'share', mood: 'calm' });
    expect(moved(2, { pace: 5 })).toEqual({ pace: 0.5, unit: 'share' });
  });

  it('leaves today’s version as it is, and changes nothing in place', () => {
    const today = { pace: 0.5, unit: 'share' };
    expect(moved(3, today)).toBe(today);
    const old = Object.freeze({ speed: 5 });
    moved(1, old);
    expect(old).toEqual({ speed: 5 });
  });

  it.each([0, 4])('has no answer for version %i, which this code does not know', (version) => {
    expect(moved(version, {})).toBeUndefined();
  });

  it('refuses an event of a version that is not known yet, and says which are', () => {
    const newer = { ...stored('FlowAdjusted', 7), schemaVersion: 9 };
    expect(() => parseEvent(newer)).toThrow(UnreadableEvent);
    expect(() => parseEvent(newer)).toThrow(/FlowAdjusted event-7 has schema version 9; this version reads 1 to \d+/);
  });

  it('keeps fields that no schema names', () => {
    const data = { ...examples.FlowAdjusted, later: true };
    expect(parseEvent({ ...stored('FlowAdjusted'), data }).data).toEqual(data);
  });
});
