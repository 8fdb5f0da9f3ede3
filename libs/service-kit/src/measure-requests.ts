import type { NextFunction, Request, Response } from 'express';
import type { Metrics } from './metrics.ts';

/** The pattern of the route that took the request; never its path, whose ids would make a series each. */
const routeOf = (request: Request): string => {
  const route: unknown = request.route;
  const path = typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined;
  return typeof path === 'string' ? path : 'none';
};

/** Measures every request up to the last byte of its answer; a stream of events until its client leaves is left out. */
export const measureRequests =
  (metrics: Metrics) =>
  (request: Request, response: Response, next: NextFunction): void => {
    const began = performance.now();
    response.once('finish', () => {
      if (response.getHeader('content-type')?.toString().startsWith('text/event-stream') === true) return;
      const seconds = (performance.now() - began) / 1000;
      metrics.requested(request.method, routeOf(request), response.statusCode, seconds);
    });
    next();
  };
