import { type DataOf, type RefinementRequest, examples } from '@agon/contracts';
import type { Ask } from '../src/ask.ts';

/** A reaction of Maren's to the player's choice, as its owner asks for it. */
export const ask = (of: Partial<Ask> = {}): Ask => ({
  task: 'stakeholder.reaction',
  id: 'reaction-1-c1-11',
  key: 'c1/11',
  conflictId: 'c1',
  npcId: '11',
  variables: { role: 'instigator' },
  current: { text: 'Maren Holt looks away.', reactionType: 'escalate', emotionalResponse: 'angry' },
  untrusted: [{ field: 'choice', text: 'Challenge the harbour master' }],
  candidates: [{ npcId: '11', name: 'Maren Holt' }],
  others: [{ npcId: '12', name: 'Tobias Reed' }],
  ...of,
});

export const request = (of: Partial<RefinementRequest> = {}): RefinementRequest => ({
  ...examples.RefinementRequested,
  revision: 0,
  ...of,
});

type Answer = DataOf<'RefinementAnswered'>;

/** An answer to it; `output` on top of a good one. */
export const answer = (output: Answer['output'] = {}, of: Partial<Answer> = {}): Answer => ({
  ...examples.RefinementAnswered,
  output: { ...examples.RefinementAnswered.output, ...output },
  ...of,
});
