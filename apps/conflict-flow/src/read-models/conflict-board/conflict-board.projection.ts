import { type ConflictBoard, type EventOf, parseEvent } from '@agon/contracts';
import { defineProjection } from '@agon/projections';

/** One row per conflict: where it stands, for the state that a client reads. */
export const conflictBoard = defineProjection<ConflictBoard, EventOf>({
  name: 'conflict-board',
  version: 1,
  handles: [
    'ConflictCreated',
    'FlowInitialized',
    'FlowAdjusted',
    'TensionChanged',
    'DramaticBeatOccurred',
    'ConflictResolved',
  ],
  parse: parseEvent,
  key: (event) => ('conflictId' in event.data ? (event.data.conflictId ?? undefined) : undefined),
  initial: () => ({
    conflictId: '',
    name: '',
    conflictType: '',
    status: 'open',
    flow: null,
    tension: {},
    beats: 0,
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
      default:
        return board;
    }
  },
});
