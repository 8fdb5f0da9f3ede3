import { type EventOf, type StakeholderBoard, type StakeholderView, parseEvent } from '@agon/contracts';
import { defineProjection } from '@agon/projections';

/** One row per conflict: its stakeholders as they stand, for the state that a client reads. */
export const stakeholderBoard = defineProjection<StakeholderBoard, EventOf>({
  name: 'stakeholder-board',
  version: 2,
  handles: [
    'StakeholderJoined',
    'StressChanged',
    'StakeholderReacted',
    'RoleAdapted',
    'StakeholderWithdrew',
    'RefinementAccepted',
  ],
  parse: parseEvent,
  key: (event) => {
    // Of what is refined only a reaction changes a stakeholder's look.
    if (event.type === 'RefinementAccepted' && event.data.task !== 'stakeholder.reaction') return undefined;
    return 'conflictId' in event.data ? (event.data.conflictId ?? undefined) : undefined;
  },
  initial: () => ({ conflictId: '', stakeholders: [] }),
  evolve(board, event) {
    switch (event.type) {
      case 'StakeholderJoined': {
        const { conflictId, npcId, name, role, decisionStyle, stress, commitment } = event.data;
        const joined = { npcId, name, role, decisionStyle, stress, commitment, latestItem: null, emotion: null };
        return { conflictId, stakeholders: [...board.stakeholders, joined] };
      }
      case 'StressChanged': {
        const stress = new Map(event.data.changes.map((change) => [change.npcId, change.stress]));
        return all(board, (who) => ({ ...who, stress: stress.get(who.npcId) ?? who.stress }));
      }
      case 'StakeholderReacted': {
        const { npcId, itemId, emotionalResponse } = event.data;
        return one(board, npcId, { latestItem: itemId, emotion: emotionalResponse });
      }
      case 'RoleAdapted':
        return one(board, event.data.npcId, { role: event.data.role });
      case 'StakeholderWithdrew': {
        const { npcId, role, stress, commitment, itemId } = event.data;
        return one(board, npcId, { role, stress, commitment, latestItem: itemId });
      }
      case 'RefinementAccepted': {
        const { itemId, changes } = event.data;
        return all(board, (who) =>
          who.latestItem === itemId ? { ...who, emotion: changes.emotionalResponse ?? who.emotion } : who,
        );
      }
      default:
        return board;
    }
  },
});

const all = (board: StakeholderBoard, change: (who: StakeholderView) => StakeholderView): StakeholderBoard => ({
  ...board,
  stakeholders: board.stakeholders.map(change),
});

const one = (board: StakeholderBoard, npcId: string, changed: Partial<StakeholderView>): StakeholderBoard =>
  all(board, (who) => (who.npcId === npcId ? { ...who, ...changed } : who));
