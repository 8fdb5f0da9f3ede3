import type { FeedPage } from '@agon/client';
import type { Answer, Item, StoryState } from '@agon/contracts';
import { CAST, type WriteStep, nameOf } from './tale.ts';

/** What the contract of each kind of answer demands. Each function names what is missing, a line each. */

type Demand = readonly [isMet: boolean, missing: string];
const unmet = (...demands: Demand[]): string[] => demands.flatMap(([isMet, missing]) => (isMet ? [] : [missing]));

const isThere = (value: unknown): boolean => value !== undefined;
const isSome = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0;
const tells = ({ items }: Answer, kind: string): boolean => items.some((item) => item.kind === kind);

/** Whether a text says who its NPC is: by the whole name, or by a part of it. */
export const namesItsNpc = ({ npcId, text }: Item): boolean =>
  npcId !== null &&
  nameOf(npcId)
    .split(' ')
    .some((part) => text.includes(part));

const moved = ({ flow, tension }: Answer): Demand[] => [
  [isThere(flow), 'no flow'],
  [isThere(tension), 'no tension'],
];

const demandsOf: Record<WriteStep['kind'], (answer: Answer) => Demand[]> = {
  story: ({ storyId }) => [[storyId !== '', 'no story id']],
  npcs: () => [],
  create: (answer) => [
    [answer.stakeholders?.length === CAST.length, `not ${CAST.length} stakeholders`],
    [isThere(answer.conflictId), 'no conflict id'],
    [isThere(answer.name), 'no name'],
    ...moved(answer),
    [tells(answer, 'beat'), 'no opening beat'],
    [isSome(answer.gossip), 'no gossip'],
  ],
  sync: (answer) => [
    ...CAST.map(({ npcId, name }): Demand => [
      answer.behaviours?.some((hint) => hint.npcId === npcId) === true,
      `no behaviour for ${name}`,
    ]),
    [isThere(answer.scene), 'no tension of the scene'],
    [tells(answer, 'atmosphere'), 'no atmosphere'],
  ],
  choice: (answer) => [
    ...moved(answer),
    [answer.items.some((item) => item.kind === 'reaction' && namesItsNpc(item)), 'no reaction that names its NPC'],
  ],
  act: moved,
  progress: moved,
  resolve: ({ resolution, reputations }) => [
    [isThere(resolution), 'no resolution'],
    [reputations !== undefined && Object.keys(reputations).length > 0, 'no reputations'],
  ],
};

/** What the answer to a write lacks; of one that came without a service's part, only that. */
export const lackOfAnswer = (kind: WriteStep['kind'], answer: Answer): string[] =>
  answer.pending.length > 0 ? [`${answer.pending.join(', ')} pending`] : unmet(...demandsOf[kind](answer));

/** @param after the position that was asked for */
export const lackOfState = (state: StoryState, after: number): string[] =>
  unmet(
    [!state.stale && state.position >= after, `stale: at ${state.position}, asked for ${after}`],
    [state.missing.length === 0, `without ${state.missing.join(', ')}`],
    [isSome(state.conflicts), 'no conflict'],
  );

export function lackOfFeed({ entries, next }: FeedPage): string[] {
  const positions = entries.map(({ position }) => position);
  return unmet(
    [isSome(entries), 'no entries'],
    [positions.every((position, at) => at === 0 || position > (positions[at - 1] ?? 0)), 'entries out of order'],
    [next >= (positions.at(-1) ?? 0), '`next` lies before the last entry'],
  );
}
