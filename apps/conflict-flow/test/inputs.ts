import type { Choice } from '@agon/contracts';
import type { Input } from './service.ts';
import { cast, maren, tobias } from './story.ts';

/** Inputs about the conflict c1, as the gateway stores them. */

const conflictId = 'c1';

export const began = (conflictType = 'power_crisis'): Input => ({
  type: 'ConflictBegan',
  data: {
    conflictId,
    conflictType,
    context: { participants: cast.map(({ npcId }) => npcId), recentEvents: [], stakes: [] },
    cast,
  },
});

export const chose = (choice: Choice): Input => ({ type: 'PlayerChoiceMade', data: { conflictId, choice, cast: [] } });

export const acted = (npcId = maren.npcId): Input => ({
  type: 'StakeholderActed',
  data: { conflictId, npcId, actionType: 'aggressive', successProbability: 0.65, cast: [maren] },
});

export const progressed = (progressDelta: number): Input => ({
  type: 'ConflictProgressed',
  data: { conflictId, intensityDelta: 0.1, momentumDelta: 0, progressDelta },
});

export const ended: Input = {
  type: 'ConflictEnded',
  data: {
    conflictId,
    resolution: { type: 'compromise', winners: [tobias.npcId], losers: [], stakes: [] },
    cast: [tobias],
  },
};

export const synced: Input = {
  type: 'SceneSynced',
  data: { npcIds: [], topics: [], conflictIds: [conflictId], cast: [] },
};
