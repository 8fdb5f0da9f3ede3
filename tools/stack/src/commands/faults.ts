import { toolCommand } from './tool-command.ts';

/** Injects faults under load and looks whether every law holds; see `tools/faults`. */
export const run = toolCommand('faults');
