import { APIConnectionError, APIError } from 'openai';
import { ModelFailure } from './model.ts';
import { providerFailure, toldFailure } from './provider-failure.ts';

const withStatus = (status: number, error: object = {}): APIError =>
  APIError.generate(status, { error }, undefined, new Headers());

it.each([
  [400, 'bad_request', 'neutral'],
  [401, 'unauthorized', 'broken'],
  [402, 'quota', 'broken'],
  [403, 'unauthorized', 'broken'],
  [404, 'bad_request', 'neutral'],
  [408, 'provider_error', 'failure'],
  [409, 'bad_request', 'neutral'],
  [422, 'bad_request', 'neutral'],
  [429, 'rate_limited', 'neutral'],
  [500, 'provider_error', 'failure'],
  [502, 'provider_error', 'failure'],
  [503, 'provider_error', 'neutral'],
  [504, 'provider_error', 'failure'],
  [529, 'provider_error', 'failure'],
])('a status of %i is %s, and %s', (status, reason, verdict) => {
  expect(providerFailure(withStatus(status))).toMatchObject({ reason, verdict });
});

it('tells a quota that is used up from a rate that is exceeded', () => {
  const used = withStatus(429, { code: 'insufficient_quota' });
  expect(providerFailure(used)).toMatchObject({ reason: 'quota', verdict: 'broken' });
});

it.each([
  ['a connection that fails', new APIConnectionError({ cause: new Error('ECONNREFUSED') }), 'provider_error'],
  ['an error event', new APIError(undefined, { message: 'overloaded' }, undefined, undefined), 'provider_error'],
  ['an event that is no JSON', new SyntaxError('malformed'), 'provider_error'],
  ['a connection that ends', new TypeError('terminated'), 'cut'],
  ['whatever is thrown', 'text', 'cut'],
])('%s is a failure', (_, error, reason) => {
  const failure = providerFailure(error);
  expect(failure).toMatchObject({ reason, verdict: 'failure' });
  expect(failure.cause).toBe(error);
});

it('leaves a failure as it is', () => {
  const failure = new ModelFailure('cut', 'failure', 'x');
  expect(providerFailure(failure)).toBe(failure);
});

it.each([
  ['server_error', 'provider_error', 'failure'],
  [null, 'provider_error', 'failure'],
  ['rate_limit_exceeded', 'rate_limited', 'neutral'],
  ['insufficient_quota', 'quota', 'broken'],
])('told inside a stream, %s is %s, and %s', (code, reason, verdict) => {
  expect(toldFailure(code, 'x')).toMatchObject({ reason, verdict });
});
