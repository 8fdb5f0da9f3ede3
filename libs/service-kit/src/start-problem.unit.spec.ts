import { startProblem } from './start-problem.ts';

const systemError = (code: string, more: object): Error => Object.assign(new Error(`${code} raw text`), { code }, more);

describe('why a service did not start', () => {
  it.each([
    [systemError('EADDRINUSE', { address: '127.0.0.1', port: 7600 }), '127.0.0.1:7600 is in use by another process'],
    [systemError('EADDRNOTAVAIL', { address: '10.9.9.9', port: 1 }), '10.9.9.9:1 is not an address of this machine'],
    [systemError('ECONNREFUSED', { address: '::1', port: 7611 }), 'nothing answers at ::1:7611'],
    [new AggregateError([systemError('ECONNREFUSED', { address: 'h', port: 1 })]), 'nothing answers at h:1'],
    [new Error('outer\n  at line 2', { cause: new Error('inner') }), 'outer'],
    [new Error('bad url postgres://a:secret@h/db'), 'bad url postgres://a:***@h/db'],
    ['just text', 'just text'],
  ])('is one line: %s', (error, line) => {
    expect(startProblem(error)).toBe(line);
  });
});
