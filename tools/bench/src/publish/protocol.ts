import { PARTITIONS } from '@agon/contracts';

/** What the processes of this benchmark tell each other. Times are nanoseconds of the machine's monotonic clock. */

/** Where everything is, as the processes' only arguments. */
export interface Places {
  readonly postgres: string;
  readonly nats: string;
}

export const partitions: readonly number[] = Array.from({ length: PARTITIONS }, (_, partition) => partition);

/** The events' type, and the service that handles them. */
export const TYPE = 'PlayerChoiceMade';
export const LISTENER = 'listener';

export interface AppendOrder {
  /** Events per second, whether or not the earlier ones are done. */
  readonly rate: number;
  readonly milliseconds: number;
  readonly round: string;
}

/** When an event was committed, or reached its handler. */
export interface Moment {
  readonly eventId: string;
  readonly at: number;
}

/** `failed` holds a reason when the order could not be carried out. */
export interface Moments {
  readonly moments: readonly Moment[];
  readonly failed?: string;
}

/** How many events the listener is to have seen before it answers, and how long it may wait for them. */
export interface CollectOrder {
  readonly count: number;
  readonly timeoutMs: number;
}

/** The same clock in every process of a machine. */
export const now = (): number => Number(process.hrtime.bigint());
