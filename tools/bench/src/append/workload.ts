import { examples, type EventType } from '@agon/contracts';
import type { EventMetadata, JsonObject } from '@agon/event-store';

/** A fact of the size and shape of a played story's. */
export interface Fact {
  readonly type: EventType;
  readonly data: JsonObject;
  readonly metadata: EventMetadata;
}

/** Data as the contracts show it, with the metadata that the services write. */
export function factOf(type: EventType, source: string): Fact {
  const data: JsonObject = JSON.parse(JSON.stringify(examples[type]));
  const metadata: EventMetadata = {
    game: 'local',
    source,
    causationId: '8f4a2f0e-6f0c-5c3a-9b7e-2d1f0a9c4e11',
    inputSequence: 7,
    depth: 1,
    seed: 'harbour-7',
    contentPack: 'harbour@1',
    engine: 'agon@0.1',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    because: ['choice.confrontational 0.25', 'stance.resist 0.1'],
  };
  return { type, data, metadata };
}

/** What a writer of the plain cells appends. */
export const SERVICE = 'conflict-flow';
export const FACT = factOf('ChoiceApplied', SERVICE);
