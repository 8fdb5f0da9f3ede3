import { randomUUID } from 'node:crypto';
import { type DataOf, type EventOf, type InputType, categoriesOf, parseEvent, streamId } from '@agon/contracts';
import { MemoryEventLog, type StoredEvent } from '@agon/event-store';
import { Decisions, type Handled, MessageContext } from '@agon/messaging';
import { Tellings } from '@agon/service-kit';
import { Handlers } from '../src/handlers.ts';
import { packs } from './story.ts';

/** An input of the game, before the gateway has stored it. */
export type Input = { [Type in InputType]: { readonly type: Type; readonly data: DataOf<Type> } }[InputType];

/** The service without servers: its handlers on a log in memory, told one input after another. */
export class TestService {
  readonly log = new MemoryEventLog();
  private readonly decisions = new Decisions({ service: 'conflict-flow', log: this.log });
  private readonly handlers = new Handlers(this.decisions, new Tellings(packs));

  constructor(
    readonly storyId: string,
    private readonly seed = 'harbour-7',
  ) {}

  /** Stores the input and lets the service handle it; what it decided, in order. */
  async tell({ type, data }: Input): Promise<readonly EventOf[]> {
    await this.log.claim('gateway', categoriesOf('gateway'));
    await this.log.claim('conflict-flow', categoriesOf('conflict-flow'));
    const eventId = randomUUID();
    const metadata = { game: 'local', source: 'game', depth: 0, seed: this.seed, contentPack: packs.get('harbour').id };
    const outcome = await this.log.append({
      partition: 3,
      service: 'gateway',
      storyId: this.storyId,
      correlationId: eventId,
      expected: new Map(),
      events: [{ streamId: streamId('game', this.storyId), eventId, type, schemaVersion: 1, data, metadata }],
    });
    const [stored] = outcome.outcome === 'appended' ? outcome.events : [];
    if (stored === undefined) throw new Error(`the input was not stored: ${outcome.outcome}`);
    return (await this.handle(stored)).events.map(parseEvent);
  }

  private handle(stored: StoredEvent): Promise<Handled> {
    const context = new MessageContext(stored, () => undefined);
    const event = parseEvent(stored);
    switch (event.type) {
      case 'ConflictBegan':
        return this.handlers.conflictBegan(event, context);
      case 'PlayerChoiceMade':
        return this.handlers.choiceMade(event, context);
      case 'ConflictProgressed':
        return this.handlers.progressed(event, context);
      case 'StakeholderActed':
        return this.handlers.acted(event, context);
      case 'ConflictEnded':
        return this.handlers.ended(event, context);
      case 'SceneSynced':
        return this.handlers.sceneSynced(event, context);
      default:
        throw new Error(`the service does not handle ${event.type}`);
    }
  }
}
