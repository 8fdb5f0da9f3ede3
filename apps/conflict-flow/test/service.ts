import { randomUUID } from 'node:crypto';
import {
  type DataOf,
  type EventOf,
  type EventType,
  type InputType,
  categoriesOf,
  isRefinementType,
  parseEvent,
  streamId,
} from '@agon/contracts';
import { MemoryEventLog, type StoredEvent } from '@agon/event-store';
import { Decisions, type Handled, MessageContext } from '@agon/messaging';
import { Refinements, Tellings } from '@agon/service-kit';
import { Handlers } from '../src/handlers.ts';
import { packs } from './story.ts';

type Told<Types extends EventType> = { [T in Types]: { readonly type: T; readonly data: DataOf<T> } }[Types];

/** An input of the game, before the gateway has stored it. */
export type Input = Told<InputType>;
/** What the llm-gateway says of refinements. */
export type Result = Told<'RefinementAnswered' | 'RefinementsDeclined'>;

/** The service without servers: its handlers on a log in memory, told one input after another. */
export class TestService {
  readonly log = new MemoryEventLog();
  private readonly decisions = new Decisions({ service: 'conflict-flow', log: this.log });
  private readonly asked = new Refinements('conflict-flow', this.decisions, {
    late: (task) => void this.late.push(task),
  });
  private readonly handlers = new Handlers(this.decisions, new Tellings(packs), this.asked);
  /** Tasks whose answers came after their settlement. */
  readonly late: string[] = [];
  /** What the last message asked of a model, or settled. */
  refinements: readonly EventOf[] = [];

  constructor(
    readonly storyId: string,
    private readonly seed = 'harbour-7',
  ) {}

  /** Stores the input and lets the service handle it; what it decided, in order. */
  async tell({ type, data }: Input | Result): Promise<readonly EventOf[]> {
    const [service, category] = isRefinementType(type)
      ? (['llm-gateway', 'llm'] as const)
      : (['gateway', 'game'] as const);
    for (const owner of [service, 'conflict-flow']) await this.log.claim(owner, categoriesOf(owner));
    const eventId = randomUUID();
    const source = service === 'gateway' ? 'game' : service;
    const metadata = {
      game: 'local',
      source,
      depth: 0,
      inputSequence: 1,
      seed: this.seed,
      contentPack: packs.get('harbour').id,
    };
    const outcome = await this.log.append({
      partition: 3,
      service,
      storyId: this.storyId,
      correlationId: eventId,
      expected: new Map(),
      events: [{ streamId: streamId(category, this.storyId), eventId, type, schemaVersion: 1, data, metadata }],
    });
    const [stored] = outcome.outcome === 'appended' ? outcome.events : [];
    if (stored === undefined) throw new Error(`the input was not stored: ${outcome.outcome}`);
    const decided = ((await this.handle(stored))?.events ?? []).map(parseEvent);
    this.refinements = decided.filter((event) => isRefinementType(event.type));
    return decided.filter((event) => !isRefinementType(event.type));
  }

  private handle(stored: StoredEvent): Promise<Handled | undefined> {
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
      case 'RefinementAnswered':
        return this.handlers.refinementAnswered(event, context);
      case 'RefinementsDeclined':
        return this.asked.declined(stored, event.data);
      default:
        throw new Error(`the service does not handle ${event.type}`);
    }
  }
}
