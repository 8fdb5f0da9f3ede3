import { randomUUID } from 'node:crypto';
import {
  type DataOf,
  type EventOf,
  categoriesOf,
  type consumes,
  isRefinementType,
  parseEvent,
  streamId,
} from '@agon/contracts';
import { MemoryEventLog, type StoredEvent } from '@agon/event-store';
import { Decisions, type Handled, MessageContext } from '@agon/messaging';
import { Refinements, Tellings } from '@agon/service-kit';
import { Handlers } from '../src/handlers.ts';
import { packs } from './story.ts';

type MessageType = (typeof consumes)['social-circle'][number];

/** What the service hears of, before the log has stored it. */
export type Message = { [Type in MessageType]: { readonly type: Type; readonly data: DataOf<Type> } }[MessageType];

/** The service without servers: its handlers on a log in memory, told one message after another. */
export class TestService {
  readonly log = new MemoryEventLog();
  private readonly decisions = new Decisions({ service: 'social-circle', log: this.log });
  private readonly asked = new Refinements('social-circle', this.decisions, {
    late: (task) => void this.late.push(task),
  });
  private readonly handlers = new Handlers(this.decisions, new Tellings(packs), this.asked);
  /** Tasks whose answers came after their settlement. */
  readonly late: string[] = [];
  /** What the last message asked of a model, or settled. */
  refinements: readonly EventOf[] = [];
  private told = 0;

  constructor(
    readonly storyId: string,
    private readonly seed = 'harbour-7',
  ) {}

  /** Stores the message as its service would, and lets this one handle it; what it decided, in order. */
  async tell({ type, data }: Message): Promise<readonly EventOf[]> {
    const own = type === 'SceneSynced';
    const [service, category] = own
      ? (['gateway', 'game'] as const)
      : isRefinementType(type)
        ? (['llm-gateway', 'llm'] as const)
        : (['conflict-flow', 'conflict'] as const);
    for (const owner of [service, 'social-circle']) await this.log.claim(owner, categoriesOf(owner));
    this.told += 1;
    const eventId = randomUUID();
    const outcome = await this.log.append({
      partition: 3,
      service,
      storyId: this.storyId,
      correlationId: eventId,
      expected: new Map(),
      events: [
        {
          streamId: streamId(category, this.storyId, own ? undefined : 'c1'),
          eventId,
          type,
          schemaVersion: 1,
          data,
          metadata: {
            game: 'local',
            source: own ? 'game' : service,
            depth: own ? 0 : 1,
            inputSequence: own ? undefined : this.told,
            seed: this.seed,
            contentPack: packs.get('harbour').id,
          },
        },
      ],
    });
    const [stored] = outcome.outcome === 'appended' ? outcome.events : [];
    if (stored === undefined) throw new Error(`the message was not stored: ${outcome.outcome}`);
    const decided = ((await this.handle(stored))?.events ?? []).map(parseEvent);
    this.refinements = decided.filter((event) => isRefinementType(event.type));
    return decided.filter((event) => !isRefinementType(event.type));
  }

  private handle(stored: StoredEvent): Promise<Handled | undefined> {
    const context = new MessageContext(stored, () => undefined);
    const event = parseEvent(stored);
    switch (event.type) {
      case 'ConflictCreated':
        return this.handlers.conflictCreated(event, context);
      case 'ActApplied':
        return this.handlers.actApplied(event, context);
      case 'ConflictResolved':
        return this.handlers.resolved(event, context);
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
