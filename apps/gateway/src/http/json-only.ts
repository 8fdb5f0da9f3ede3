import type { NextFunction, Request, Response } from 'express';
import { Refusal } from '../story/refusal.ts';

/** A body of another type would be passed over by the parser and look like no body at all. */
export const jsonOnly = (request: Request, _response: Response, next: NextFunction): void => {
  // `is` answers null when there is no body.
  next(request.is('json') === false ? new Refusal('unsupported_media_type') : undefined);
};
