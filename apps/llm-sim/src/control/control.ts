import { z } from 'zod';
import { BadRequest } from '../api/errors.ts';
import { MODES, type Mode, modeSchema, type Scenario, scenarioChange } from '../scenario.ts';
import { Calls, readJson } from './calls.ts';

const search = z.object({
  contains: z.string().optional(),
  limit: z.coerce.number().int().min(0).default(100),
});

/** What tests and demonstrations set, and what they see. */
export class Control {
  readonly calls = new Calls();
  private current: Scenario;

  constructor(private readonly start: Scenario) {
    this.current = start;
  }

  get scenario(): Scenario {
    return this.current;
  }

  /** Takes on what the body names and keeps the rest. @throws BadRequest */
  change(body: string): Scenario {
    const change = scenarioChange.safeParse(readJson(body));
    if (!change.success) throw unknown(z.prettifyError(change.error));
    this.current = { ...this.current, ...change.data };
    return this.current;
  }

  reset(): Scenario {
    this.calls.forget();
    this.current = this.start;
    return this.current;
  }

  /** @throws BadRequest */
  find(query: string): object {
    const read = search.safeParse(Object.fromEntries(new URLSearchParams(query)));
    if (!read.success) throw new BadRequest(z.prettifyError(read.error), 'limit');
    return this.calls.find(read.data);
  }
}

const unknown = (problem: string): BadRequest =>
  new BadRequest(`${problem}; the modes are ${MODES.join(', ')}`, 'mode', 'unknown_scenario');

/** @throws BadRequest that lists the modes */
export function modeNamed(name: string): Mode {
  const mode = modeSchema.safeParse(name);
  if (!mode.success) throw unknown(`there is no mode "${name}"`);
  return mode.data;
}
