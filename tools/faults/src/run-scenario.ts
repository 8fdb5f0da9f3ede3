import { messageOf } from '@agon/stack';
import type { Outcome } from './report.ts';
import type { Scenario, ScenarioContext } from './scenario.ts';

/** Runs one scenario, and takes what it throws for a violation. */
export async function runScenario(scenario: Scenario, context: ScenarioContext): Promise<Outcome> {
  const missing = await scenario.missing?.();
  if (missing !== undefined) return { scenario, state: 'missed', seconds: 0, missing };
  const begun = performance.now();
  const secondsNow = (): number => (performance.now() - begun) / 1000;
  try {
    const result = await scenario.run(context);
    const state = result.violations.length === 0 ? 'passed' : 'failed';
    return { scenario, state, seconds: secondsNow(), result };
  } catch (error) {
    const result = { load: {}, faults: 0, recoverySeconds: [], violations: [`broke off: ${messageOf(error)}`] };
    return { scenario, state: 'failed', seconds: secondsNow(), result };
  }
}
