import * as fc from 'fast-check';
import { clamp01, clampSigned } from './clamp.ts';

const anyNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -2, max: 2, noNaN: true }),
);
const bounds = [
  { name: 'clamp01', clamp: clamp01, lowest: 0 },
  { name: 'clampSigned', clamp: clampSigned, lowest: -1 },
];

describe.each(bounds)('$name', ({ clamp, lowest }) => {
  it('rounds to thousandths, so that thresholds are exact', () => {
    expect(clamp(0.1 + 0.2)).toBe(0.3);
    expect(clamp(0.7 + 0.1)).toBe(0.8);
    expect(clamp(0.12345)).toBe(0.123);
  });

  it('rounds halves as decimal arithmetic does', () => {
    expect(clamp(0.5675)).toBe(0.568);
    expect(clamp(0.0005)).toBe(0.001);
    expect(clamp(1.005 - 1)).toBe(0.005);
  });

  it('clamps', () => {
    expect(clamp(1.03)).toBe(1);
    expect(clamp(-7)).toBe(lowest);
  });

  it('stays in range', () => {
    fc.assert(fc.property(anyNumber, (n) => clamp(n) >= lowest && clamp(n) <= 1));
  });

  it('changes nothing the second time', () => {
    fc.assert(fc.property(anyNumber, (n) => Object.is(clamp(clamp(n)), clamp(n))));
  });

  it('keeps every thousandth as it is', () => {
    for (let n = lowest * 1000; n <= 1000; n++) expect(clamp(n / 1000)).toBe(n / 1000);
  });

  it('is monotone', () => {
    fc.assert(fc.property(anyNumber, anyNumber, (a, b) => clamp(Math.min(a, b)) <= clamp(Math.max(a, b))));
  });

  it('is off by half a thousandth at most, inside the range', () => {
    const inside = fc.double({ min: lowest, max: 1, noNaN: true });
    fc.assert(fc.property(inside, (n) => Math.abs(clamp(n) - n) <= 0.0005 + 1e-9));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %p', (n) => {
    expect(() => clamp(n)).toThrow(new RangeError(`expected a finite number, found ${n}`));
  });
});

it('rounds negative numbers as their positive twins, without a negative zero', () => {
  expect(clampSigned(-0.5675)).toBe(-0.568);
  expect(clampSigned(-0.0001)).toBe(0);
  fc.assert(fc.property(anyNumber, (n) => clampSigned(-n) === -clampSigned(n)));
});
