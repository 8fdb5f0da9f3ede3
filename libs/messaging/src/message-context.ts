import { BaseRpcContext } from '@nestjs/microservices';
import type { StoredEvent } from '@agon/event-store';

/** What a handler gets with `@Ctx()`: the event as it stands in the log, and a way to say that it is still at work. */
export class MessageContext extends BaseRpcContext<[StoredEvent]> {
  constructor(
    readonly event: StoredEvent,
    private readonly heartbeat: () => void,
  ) {
    super([event]);
  }

  /** Keeps the broker from handing the message to another replica. Sent by itself on a timer as well. */
  working(): void {
    this.heartbeat();
  }
}
