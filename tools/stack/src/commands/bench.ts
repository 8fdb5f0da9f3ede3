import { toolCommand } from './tool-command.ts';

/** Measures beside peers, and beside the blocking design; see `tools/bench`. */
export const run = toolCommand('bench');
