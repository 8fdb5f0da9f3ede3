import { StandardSchemaValidationPipe, createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { Refusal } from '../story/refusal.ts';

type Step = PropertyKey | { readonly key: PropertyKey };

/** `choice.tags[2]`, as a client would write it. */
const fieldOf = (path: readonly Step[] | undefined): string =>
  (path ?? [])
    .map((step) => (typeof step === 'object' ? step.key : step))
    .reduce<string>((field, key) => {
      if (typeof key === 'number') return `${field}[${key}]`;
      return field === '' ? String(key) : `${field}.${String(key)}`;
    }, '') || 'body';

/** Checks what carries a schema, and names every field at fault with what is allowed. */
export const validation = (): StandardSchemaValidationPipe =>
  new StandardSchemaValidationPipe({
    exceptionFactory: (issues) =>
      new Refusal(
        'invalid_request',
        issues.map(({ path, message }) => ({ field: fieldOf(path), message })),
      ),
  });

const KEY = /^[\x21-\x7e]{1,128}$/;

/** The `Idempotency-Key` of a write: 1 to 128 visible ASCII characters. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const key = context.switchToHttp().getRequest<Request>().header('idempotency-key');
  const errors = [{ field: 'Idempotency-Key', message: 'must be 1 to 128 visible ASCII characters without spaces' }];
  if (key === undefined) throw new Refusal('idempotency_key_required', errors);
  if (!KEY.test(key)) throw new Refusal('invalid_request', errors);
  return key;
});
