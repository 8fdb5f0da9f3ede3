import { type EventOf, type InputType, isInputType, parseEvent } from '@agon/contracts';
import { type History, groupBy, storyOf } from './history.ts';

/** An input that a test has told, whose data carry its key in a field that nothing depends on. */
export interface ToldInput {
  readonly storyId: string;
  readonly key: string;
}

/** The key in an input's data; see `players.ts`. */
function markOf(event: EventOf<InputType>): string {
  switch (event.type) {
    case 'StoryCreated':
      return event.data.seed;
    case 'NpcsRegistered':
      return event.data.npcs[0]?.traits[0] ?? '';
    case 'ConflictBegan':
      return event.data.conflictId;
    case 'PlayerChoiceMade':
      return event.data.turnId ?? '';
    case 'ConflictProgressed':
      return event.data.reason ?? '';
    case 'StakeholderActed':
      return event.data.description ?? '';
    case 'ConflictEnded':
      return event.data.resolution.stakes[0] ?? '';
    case 'SceneSynced':
      return event.data.sceneId ?? '';
  }
}

const isInput = (event: EventOf): event is EventOf<InputType> => isInputType(event.type);

/** The inputs of the stories in the log are exactly those that were told, each once. */
export function storedOnce(history: History, told: readonly ToldInput[]): string[] {
  return [...groupBy(told, ({ storyId }) => storyId)].flatMap(([storyId, inputs]) => {
    const marks = storyOf(history, storyId).map(parseEvent).filter(isInput).map(markOf);
    const counts = new Map([...groupBy(marks, (mark) => mark)].map(([mark, { length }]) => [mark, length]));
    const keys = new Set(inputs.map(({ key }) => key));
    return [
      ...[...keys].flatMap((key) =>
        counts.get(key) === 1 ? [] : [`${storyId}: ${key} is ${counts.get(key) ?? 0} × in the log`],
      ),
      ...[...counts.keys()].filter((mark) => !keys.has(mark)).map((mark) => `${storyId}: nobody told ${mark}`),
    ];
  });
}
