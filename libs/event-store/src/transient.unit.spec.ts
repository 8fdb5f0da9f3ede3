import { PartialDuplicateError, PastHeadError } from './append-errors.ts';
import { isTransient } from './transient.ts';

const withCode = (code: string): Error => Object.assign(new Error('failed'), { code });

describe('isTransient', () => {
  it.each([
    '08006',
    '08P01',
    '53300',
    '57P01',
    '57P03',
    '57014',
    '25006',
    '40001',
    '40P01',
    'ECONNREFUSED',
    'ETIMEDOUT',
  ])('is true for %s', (code) => {
    expect(isTransient(withCode(code))).toBe(true);
    expect(isTransient(new Error('outer', { cause: withCode(code) }))).toBe(true);
  });

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
  ])('is true for "%s", which comes without a code', (message) => {
    expect(isTransient(new Error(message))).toBe(true);
  });

  it('is true for a host that refuses on every address', () => {
    expect(isTransient(new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]))).toBe(true);
    expect(isTransient(new AggregateError([withCode('ECONNREFUSED'), new Error('bug')]))).toBe(false);
  });

  it('tells a missing socket from a missing file', () => {
    expect(isTransient(Object.assign(withCode('ENOENT'), { syscall: 'connect' }))).toBe(true);
    expect(isTransient(Object.assign(withCode('ENOENT'), { syscall: 'open' }))).toBe(false);
  });

  it('is true for a message from a broker that is ahead of the log', () => {
    expect(isTransient(new PastHeadError('ahead'))).toBe(true);
  });

  it.each([
    withCode('23505'),
    withCode('22P05'),
    new PartialDuplicateError('some'),
    new Error('bug'),
    'text',
    undefined,
  ])('is false for %p', (error) => {
    expect(isTransient(error)).toBe(false);
  });
});
