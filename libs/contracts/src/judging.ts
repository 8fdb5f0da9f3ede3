import type { EventType } from './events.ts';
import { gameEvents } from './game-events.ts';

export type Service = 'gateway' | 'conflict-flow' | 'stakeholder-actions' | 'social-circle' | 'llm-gateway';
export type InputType = keyof typeof gameEvents;

/** Who judges a game event, by which fact it is accepted or refused, and whose facts make up the fast answer. */
export interface Judging {
  /** The one service that may refuse it for a reason of state; the gateway judges what its own stream decides. */
  judge: Service;
  accepted: EventType;
  refused: EventType | null;
  /** Services whose answer the gateway waits for; all but the judge react to `accepted`. */
  answeredBy: readonly Service[];
  /** How long the gateway waits before it names the rest as pending, in milliseconds. */
  deadlineMs: number;
}

const CALL_DEADLINE_MS = 150;
const SYNC_DEADLINE_MS = 80;

export const judging: Record<InputType, Judging> = {
  StoryCreated: edge('StoryCreated'),
  NpcsRegistered: edge('NpcsRegistered'),
  SceneSynced: {
    judge: 'gateway',
    accepted: 'SceneSynced',
    refused: null,
    answeredBy: ['conflict-flow', 'stakeholder-actions', 'social-circle'],
    deadlineMs: SYNC_DEADLINE_MS,
  },
  ConflictBegan: {
    judge: 'conflict-flow',
    accepted: 'ConflictCreated',
    refused: 'ConflictRefused',
    answeredBy: ['conflict-flow', 'stakeholder-actions', 'social-circle'],
    deadlineMs: CALL_DEADLINE_MS,
  },
  PlayerChoiceMade: {
    judge: 'conflict-flow',
    accepted: 'ChoiceApplied',
    refused: 'ChoiceRefused',
    answeredBy: ['conflict-flow', 'stakeholder-actions'],
    deadlineMs: CALL_DEADLINE_MS,
  },
  ConflictProgressed: {
    judge: 'conflict-flow',
    accepted: 'ProgressApplied',
    refused: 'ProgressRefused',
    answeredBy: ['conflict-flow', 'stakeholder-actions'],
    deadlineMs: CALL_DEADLINE_MS,
  },
  StakeholderActed: {
    judge: 'conflict-flow',
    accepted: 'ActApplied',
    refused: 'ActRefused',
    answeredBy: ['conflict-flow', 'stakeholder-actions', 'social-circle'],
    deadlineMs: CALL_DEADLINE_MS,
  },
  ConflictEnded: {
    judge: 'conflict-flow',
    accepted: 'ConflictResolved',
    refused: 'ResolutionRefused',
    answeredBy: ['conflict-flow', 'stakeholder-actions', 'social-circle'],
    deadlineMs: CALL_DEADLINE_MS,
  },
};

/** What becomes of refinements; each owner takes what it has asked for and passes over the rest. */
const results = ['RefinementAnswered', 'RefinementsDeclined'] as const;

/** What each service consumes; its JetStream consumers are filtered to exactly this. */
export const consumes = {
  'conflict-flow': [
    'ConflictBegan',
    'PlayerChoiceMade',
    'ConflictProgressed',
    'StakeholderActed',
    'ConflictEnded',
    'SceneSynced',
    ...results,
  ],
  'stakeholder-actions': [
    'ConflictCreated',
    'ChoiceApplied',
    'ProgressApplied',
    'ActApplied',
    ...results,
    'ConflictResolved',
    'SceneSynced',
  ],
  'social-circle': ['ConflictCreated', 'ActApplied', 'ConflictResolved', 'SceneSynced', ...results],
  'llm-gateway': ['RefinementRequested'],
} as const satisfies Record<Exclude<Service, 'gateway'>, readonly EventType[]>;

export const isInputType = (type: string): type is InputType => Object.hasOwn(gameEvents, type);

function edge(accepted: 'StoryCreated' | 'NpcsRegistered'): Judging {
  return { judge: 'gateway', accepted, refused: null, answeredBy: [], deadlineMs: CALL_DEADLINE_MS };
}
