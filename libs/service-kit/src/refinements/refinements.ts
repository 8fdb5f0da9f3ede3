import { type DataOf, type EventOf, type RefinementOwner, reader, refinementStream } from '@agon/contracts';
import type { StoredEvent } from '@agon/event-store';
import { type Decisions, type Handled, PermanentError, type StreamUse } from '@agon/messaging';
import { type Ask, type RefinementEvent, type RefinementsState, refinements } from '@agon/refinements';
import type { RefinementMetrics } from './refinement-metrics.ts';

export type RefinementsUse = StreamUse<RefinementsState, EventOf<(typeof refinements.REFINEMENT_EVENTS)[number]>>;

const select = reader(refinements.REFINEMENT_EVENTS);

/** What an owner of refinements does besides its facts: it asks for better texts and judges what comes back. */
export class Refinements {
  constructor(
    readonly owner: RefinementOwner,
    private readonly decisions: Decisions,
    private readonly metrics: Pick<RefinementMetrics, 'late'>,
  ) {}

  /** The requests of a conflict (of the whole story for the circle), as a stream that a decision rests on. */
  of(storyId: string, conflictId: string | null): RefinementsUse {
    return { streamId: refinementStream(this.owner, storyId, conflictId), decider: refinements.decider, select };
  }

  /** The requests that go with the facts of a message. @throws PermanentError when no input can have caused it. */
  ask(message: StoredEvent, asks: readonly Ask[], state: RefinementsState): RefinementEvent[] {
    if (asks.length === 0) return [];
    const { version, metadata, recordedAt, type } = message;
    const turn = metadata.source === 'game' ? version : metadata.inputSequence;
    if (turn === undefined) throw new PermanentError(`${type} carries no ordinal`);
    return refinements.decide({ type: 'Ask', asks, moment: { turn, at: recordedAt } }, state);
  }

  /** Whether it was this service that asked. Of what others have asked, a message needs no append. */
  isOwn({ owner }: { owner: RefinementOwner }): boolean {
    return owner === this.owner;
  }

  /** The settlement that an answer brings; none when it comes after another settlement. */
  judge(answer: DataOf<'RefinementAnswered'>, closed: boolean, state: RefinementsState): RefinementEvent[] {
    const settled = refinements.decide({ type: 'Judge', answer, closed }, state);
    if (settled.length === 0) this.metrics.late(answer.task);
    return settled;
  }

  /** Settles those of the declined requests that are this service's and open. */
  async declined(
    message: StoredEvent,
    { refinements: all }: DataOf<'RefinementsDeclined'>,
  ): Promise<Handled | undefined> {
    const own = all.filter((one) => this.isOwn(one));
    if (own.length === 0) return undefined;
    const uses = own.map(({ conflictId }) => this.of(message.storyId, conflictId));
    // By stream: those of several conflicts of the circle stand in one.
    const streams = Object.fromEntries(uses.map((use) => [use.streamId, use]));
    return this.decisions.handle(message, streams, (states) =>
      Object.entries(states).map(([stream, state]) => ({
        stream,
        events: refinements.decide({ type: 'Fail', refinements: own }, state),
      })),
    );
  }
}
