import type { Answer } from '@agon/contracts';
import type { CallKind } from '../calls.ts';

/** What a handler of the blocking design knows when it begins. */
export interface Situation {
  /** What the rules have decided: it tells how often a model was asked. */
  readonly answer: Answer;
  /** Whether nobody has asked for the reputation of this NPC before: it was kept in memory from then on. */
  readonly isNew: (npcId: string) => boolean;
}

/** A handler that awaited model calls while a player waited for the answer. */
export interface BlockingHandler {
  readonly name: string;
  /** The call of the API whose event it handled. */
  readonly on: CallKind;
  /** The model calls that it awaited, one after another, in this order, by what they are for. */
  readonly awaits: (situation: Situation) => string[];
}

const perItem = ({ items }: Answer, kind: string, task: string): string[] =>
  items.flatMap((item) => (item.kind === kind ? [task] : []));
const onTurn = ({ transition }: Answer): string[] => (transition === undefined ? [] : ['flow.transition']);

/**
 * The handlers of the report that stood between a call and its answer. Those of one call belong to different subsystems,
 * which the design ran side by side: the player waited for the slowest of them. Where an answer does not tell how often a
 * model was asked, the smallest number counts. What followed from an event after the answer (changes of role, beats of
 * tension, the spread of gossip) kept no player waiting and is left out; so are alliances, which are not played.
 */
export const HANDLERS: readonly BlockingHandler[] = [
  {
    name: 'autonomous._on_player_choice',
    on: 'choice',
    awaits: ({ answer }) => perItem(answer, 'reaction', 'stakeholder.reaction'),
  },
  { name: 'flow._handle_player_choice', on: 'choice', awaits: ({ answer }) => onTurn(answer) },
  { name: 'autonomous._on_stakeholder_action', on: 'act', awaits: () => ['stakeholder.action'] },
  {
    name: 'social._handle_stakeholder_action',
    on: 'act',
    awaits: ({ answer }) => perItem(answer, 'reputation', 'social.reputation_narration'),
  },
  { name: 'autonomous._on_conflict_updated', on: 'progress', awaits: () => ['stakeholder.action'] },
  {
    name: 'flow._handle_conflict_updated',
    on: 'progress',
    awaits: ({ answer }) => ['flow.analyze', ...onTurn(answer)],
  },
  {
    name: 'autonomous._on_state_sync',
    on: 'sync',
    awaits: ({ answer: { behaviours = [] } }) => (behaviours.length === 0 ? [] : ['stakeholder.action']),
  },
  {
    name: 'social._handle_state_sync',
    on: 'sync',
    awaits: ({ answer, isNew }) => [
      ...perItem(answer, 'gossip', 'social.gossip'),
      ...(answer.behaviours ?? []).flatMap(({ npcId }) => (isNew(npcId) ? ['social.reputation'] : [])),
    ],
  },
  {
    name: 'autonomous.create_stakeholder',
    on: 'create',
    awaits: ({ answer }) => (answer.stakeholders ?? []).map(() => 'stakeholder.profile'),
  },
  { name: 'social._handle_conflict_created', on: 'create', awaits: () => ['social.gossip'] },
  {
    name: 'flow._handle_conflict_created',
    on: 'create',
    awaits: ({ answer }) => ['flow.init', ...(answer.flow?.pacingStyle === 'rapid_escalation' ? ['flow.beat'] : [])],
  },
  { name: 'social._handle_conflict_resolved', on: 'resolve', awaits: () => ['social.gossip'] },
];
