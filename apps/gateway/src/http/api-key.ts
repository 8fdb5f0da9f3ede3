import { timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { Refusal } from '../story/refusal.ts';

/** Lets only requests with the API key through, as a bearer token or in `X-Api-Key`; with no key set, all. */
export const apiKey =
  (expected: string | undefined) =>
  (request: Request, _response: Response, next: NextFunction): void => {
    if (expected === undefined || matches(expected, givenIn(request))) next();
    else next(new Refusal('unauthorized'));
  };

const givenIn = (request: Request): string | undefined =>
  request.header('x-api-key') ?? /^Bearer (.+)$/i.exec(request.header('authorization') ?? '')?.[1];

const matches = (expected: string, given: string | undefined): boolean =>
  given !== undefined &&
  Buffer.byteLength(given) === Buffer.byteLength(expected) &&
  timingSafeEqual(Buffer.from(given), Buffer.from(expected));
