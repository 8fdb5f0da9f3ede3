import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import type { Response } from 'express';
import { HealthRegistry, type Readiness } from './health.ts';

/** `live`: the loop turns. `ready`: the process can do its own work; 503 when it can't. */
@Controller('health')
export class HealthController {
  constructor(private readonly registry: HealthRegistry) {}

  @Get('live')
  @Header('cache-control', 'no-store')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** The status is set by hand: an exception's body would be rewritten by an app's own error filter. */
  @Get('ready')
  @Header('cache-control', 'no-store')
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const readiness = await this.registry.readiness();
    if (readiness.status === 'down') response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return readiness;
  }
}
