import { type Item, SETTLEMENTS } from '@agon/contracts';
import type { Settled } from './follower.ts';
import { beside } from './layout.ts';
import { nameOf } from './tale.ts';

/** Where the text stands. */
const TEXT = 9;

/** Whose text it is: the NPC's, or that of what tells it. */
export const speakerOf = ({ kind, npcId }: Item): string =>
  npcId === null || kind === 'gossip' ? kind.replace('-', ' ') : nameOf(npcId);

/** The end of a refinement, for a person; nothing where it is of no text, or where models are switched off. */
export function settledLines({ entry, before, ms }: Settled, width: number): string[] {
  if (before === undefined) return [];
  const who = speakerOf(before);
  const [after] = entry.items;
  if (after !== undefined) {
    const seconds = (ms / 1000).toFixed(1);
    const text = `${who}: "${before.text}" → "${after.text}"  (${seconds} s, ${nameOfSource(after.source)})`;
    return beside('refined', text, TEXT, width);
  }
  const reason = 'reason' in entry.data ? entry.data.reason : undefined;
  if (reason === 'off') return [];
  const end = SETTLEMENTS[entry.type];
  const why = reason === undefined ? end : `${end}: ${reason.replaceAll('_', ' ')}`;
  return beside('kept', `${who}, as it was told first (${why})`, TEXT, width);
}

/** Nobody shall take a simulator's words for a model's. */
const nameOfSource = (source: string): string => (source === 'llm-sim' ? 'llm-sim: a simulated model' : source);
