/** What is stored as the data of an event: any object that survives JSON. */
export type StoredData = Readonly<Record<string, unknown>>;

/** From the data of one schema version to the data of the next. Pure; it changes nothing in place. */
export type Upcast = (data: StoredData) => StoredData;

/** By event type, the steps from version 1 to today's, in order: one step fewer than there are versions. */
export type Upcasts = Readonly<Record<string, readonly Upcast[]>>;

/**
 * How events of earlier schema versions become today's. Events are never rewritten: whoever reads one gets it in today's terms.
 *
 * A field that may be absent needs no version. Anything else (a field that is renamed, required, or means something else)
 * is a new version: add a step here, keep `golden/<Type>.v<n>.json` of all earlier versions and add that of the new one.
 * Deploy what reads the new version before what writes it: an older process refuses it.
 */
export const upcasts: Upcasts = {};

/** The version in which events of this type are written today; 1 for a type without steps. */
export const schemaVersionOf = (type: string, steps: Upcasts = upcasts): number => (steps[type]?.length ?? 0) + 1;

/**
 * The data of a stored event in today's terms; undefined when no step leads there, as from a version that this process
 * does not know.
 */
export const upcast = (
  { type, schemaVersion, data }: { type: string; schemaVersion: number; data: StoredData },
  steps: Upcasts = upcasts,
): StoredData | undefined => {
  if (schemaVersion < 1 || schemaVersion > schemaVersionOf(type, steps)) return undefined;
  return (steps[type] ?? []).slice(schemaVersion - 1).reduce((older, step) => step(older), data);
};
