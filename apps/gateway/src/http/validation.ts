import { StandardSchemaValidationPipe, createParamDecorator } from '@nestjs/common';
import type { ArgumentMetadata, ExecutionContext, PipeTransform } from '@nestjs/common';
import type { Request } from 'express';
import { Refusal } from '../story/refusal.ts';

type Step = PropertyKey | { readonly key: PropertyKey };

interface Issue {
  readonly message: string;
  readonly path?: readonly Step[] | undefined;
}

/** `choice.tags[2]`, as a client would write it; `parameter` is the name of what is no body. */
const fieldOf = (path: readonly Step[], parameter: string | undefined): string =>
  path
    .map((step) => (typeof step === 'object' ? step.key : step))
    .reduce<string>((field, key) => {
      if (typeof key === 'number') return `${field}[${key}]`;
      return field === '' ? String(key) : `${field}.${String(key)}`;
    }, parameter ?? '') || 'body';

/** A field that the schema does not know is named itself, not the object that holds it. */
const pathsOf = (issue: Issue): (readonly Step[])[] => {
  const path = issue.path ?? [];
  return 'keys' in issue && Array.isArray(issue.keys) ? issue.keys.map((key) => [...path, String(key)]) : [path];
};

/** Texts that JSON allows and the log can't hold: with a zero character, or with half of a surrogate pair. */
const unstorable = (value: unknown, path: readonly Step[] = []): Issue[] => {
  if (typeof value === 'string') {
    const isStorable = value.isWellFormed() && !value.includes('\0');
    return isStorable ? [] : [{ path, message: 'must be text without zero characters or broken surrogate pairs' }];
  }
  if (Array.isArray(value)) return value.flatMap((part: unknown, at) => unstorable(part, [...path, at]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => unstorable(part, [...path, key]));
};

class Invalid extends Error {
  constructor(readonly issues: readonly Issue[]) {
    super();
  }
}

/** Checks what carries a schema, and names every field at fault with what is allowed. */
class Validation implements PipeTransform<unknown, Promise<unknown>> {
  private readonly pipe = new StandardSchemaValidationPipe({ exceptionFactory: (issues) => new Invalid(issues) });

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      const valid = await this.pipe.transform(value, metadata);
      const issues = metadata.schema === undefined ? [] : unstorable(valid);
      if (issues.length > 0) throw new Invalid(issues);
      return valid;
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const errors = error.issues.flatMap((issue) =>
        pathsOf(issue).map((path) => ({ field: fieldOf(path, metadata.data), message: issue.message })),
      );
      throw new Refusal('invalid_request', errors);
    }
  }
}

export const validation = (): PipeTransform => new Validation();

const KEY = /^[\x21-\x7e]{1,128}$/;

/** The `Idempotency-Key` of a write: 1 to 128 visible ASCII characters. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const key = context.switchToHttp().getRequest<Request>().header('idempotency-key');
  const errors = [{ field: 'Idempotency-Key', message: 'must be 1 to 128 visible ASCII characters without spaces' }];
  if (key === undefined) throw new Refusal('idempotency_key_required', errors);
  if (!KEY.test(key)) throw new Refusal('invalid_request', errors);
  return key;
});
