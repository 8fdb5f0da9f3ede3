/**
 * Every order in which actors can take their steps: each order holds actor `n` `steps[n]` times. There are
 * (Σ steps)! / Π (steps!) of them.
 */
export function* schedules(steps: readonly number[]): Generator<readonly number[]> {
  if (steps.every((left) => left === 0)) yield [];
  for (const [actor, left] of steps.entries()) {
    if (left === 0) continue;
    for (const rest of schedules(steps.with(actor, left - 1))) yield [actor, ...rest];
  }
}
