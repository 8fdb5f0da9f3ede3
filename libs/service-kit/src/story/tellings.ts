import type { ContentPacks, Telling } from '@agon/narrative';
import { random } from '@agon/narrative';
import type { StoredEvent } from '@agon/event-store';
import { PermanentError } from '@agon/messaging';

/** Gives deciders what they tell with: the story's pinned content pack and the input's own randomness. */
export class Tellings {
  constructor(private readonly packs: ContentPacks) {}

  /**
   * `stream` is the category and local id of the deciding stream, never the story's id: equal stories draw alike.
   * Throws a PermanentError on an event that no input of a story can have caused, or whose pack is not installed.
   */
  of({ type, version, metadata }: StoredEvent, stream: string): Telling {
    const { seed, contentPack, source, inputSequence } = metadata;
    const ordinal = source === 'game' ? version : inputSequence;
    if (seed === undefined || contentPack === undefined || ordinal === undefined) {
      throw new PermanentError(`${type} carries no seed, content pack or ordinal`);
    }
    const pack = this.packs.find(contentPack);
    if (pack === undefined) throw new PermanentError(`content pack ${contentPack} is not installed`);
    return { pack, ordinal, random: random({ storySeed: seed, inputSequence: ordinal, stream, n: 0 }) };
  }
}
