import { examples, type RefinementRequest } from '@agon/contracts';
import type { CallOptions, Model, ModelAnswer } from '../src/model/model.ts';

type Script = (request: RefinementRequest, options: CallOptions) => Promise<ModelAnswer>;

export const answerOf = (text = 'Maren Holt shuts the ledger.'): ModelAnswer => ({
  output: { ...examples.RefinementAnswered.output, text },
  provenance: examples.RefinementAnswered.provenance,
  usage: { inputTokens: 400, outputTokens: 60 },
  firstTokenMs: 4.4,
  callMs: 12.6,
});

/** Never answers; ends when it is told to, as a model has to. */
export const silence: Script = (_request, { signal }) =>
  new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
  });

/** A model that does what the test says, and remembers what it was asked. */
export class ScriptedModel implements Model {
  readonly provider = 'sim';
  readonly name = 'scripted';
  readonly asked: RefinementRequest[] = [];

  constructor(public script: Script = async () => answerOf()) {}

  answer(request: RefinementRequest, options: CallOptions): Promise<ModelAnswer> {
    this.asked.push(request);
    return this.script(request, options);
  }
}
