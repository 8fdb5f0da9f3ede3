import { type ConflictBoard, type EventOf, parseEvent, taskOf } from '@agon/contracts';
import { defineProjection } from '@agon/projections';

/** One row per conflict: where it stands, for the state that a client reads. */
export const conflictBoard = defineProjection<ConflictBoard, EventOf>({
  name: 'conflict-board',
  version: 2,
  handles: [
    'ConflictCreated',
    'FlowInitialized',
    'FlowAdjusted',
    'TensionChanged',
    'DramaticBeatOccurred',
    'ConflictResolved',
    'RefinementAccepted',
  ],
  parse: parseEvent,
  key: (event) => {
    // What others refine about the conflict is on their boards.
    if (event.type === 'RefinementAccepted' && taskOf(event.data.task).owner !== 'conflict-flow') return undefined;
    return 'conflictId' in event.data ? (event.data.conflictId ?? undefined) : undefined;
  },
  initial: () => ({
    conflictId: '',
    name: '',
    conflictType: '',
    status: 'open',
    flow: null,
    tension: {},
    beats: 0,
    conditions: [],
    resolution: null,
  }),
  evolve(board, event) {
    switch (event.type) {
      case 'ConflictCreated': {
        const { conflictId, name, conflictType } = event.data;
        return { ...board, conflictId, name, conflictType };
      }
      case 'FlowInitialized':
      case 'FlowAdjusted': {
        const { phase, pacingStyle, intensity, momentum, phaseProgress } = event.data;
        return { ...board, flow: { phase, pacingStyle, intensity, momentum, phaseProgress } };
      }
      case 'TensionChanged':
        return { ...board, tension: { ...board.tension, [event.data.tensionType]: event.data.newLevel } };
      case 'DramaticBeatOccurred':
        return { ...board, beats: board.beats + 1 };
      case 'ConflictResolved': {
        const { type, winners, losers } = event.data.resolution;
        return { ...board, status: 'resolved', resolution: { type, winners, losers } };
      }
      case 'RefinementAccepted': {
        const { task, changes } = event.data;
        if (task === 'conflict.name') return { ...board, name: changes.text?.text ?? board.name };
        return { ...board, conditions: changes.conditions ?? board.conditions };
      }
      default:
        return board;
    }
  },
});
