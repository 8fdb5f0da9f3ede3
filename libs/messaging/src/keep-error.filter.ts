import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/**
 * Hands the strategy what was thrown, as it was thrown. Nest's own filter would log it and replace it by "Internal
 * server error", and whether Postgres is away or the message is bad could no longer be told.
 */
@Catch()
export class KeepError implements RpcExceptionFilter<unknown> {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
