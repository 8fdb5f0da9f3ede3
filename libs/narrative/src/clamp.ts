/**
 * The one function for every 0..1 number: clamps it and rounds it to thousandths, so that thresholds are exact.
 * A half thousandth rounds up as in decimal arithmetic (0.5675 becomes 0.568).
 * @throws RangeError for NaN and infinities: such a number is a defect of the rule that made it.
 */
export const clamp01 = (value: number): number => clampTo(0, value);

/** As {@link clamp01}, for numbers in -1..1 such as momentum; halves round away from zero. */
export const clampSigned = (value: number): number => clampTo(-1, value);

const clampTo = (lowest: number, value: number): number => {
  if (!Number.isFinite(value)) throw new RangeError(`expected a finite number, found ${value}`);
  return thousandths(Math.min(1, Math.max(lowest, value)));
};

/**
 * Rounding to billionths first takes away the error of binary fractions (0.5675 × 1000 = 567.4999…), so that halves are
 * halves. Adding 0 turns -0 into 0, which JSON and comparisons would otherwise tell apart.
 */
const thousandths = (value: number): number =>
  (Math.sign(value) * Math.round(Math.round(Math.abs(value) * 1e9) / 1e6)) / 1e3 + 0;
