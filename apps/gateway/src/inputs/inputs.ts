import {
  type Answer,
  type EventOf,
  type InputType,
  answerOf,
  isInputType,
  judging,
  partitionOf,
  problems,
  streamId,
  schemaVersionOf,
} from '@agon/contracts';
import type { AppendOutcome, StoredEvent } from '@agon/event-store';
import { StoryRuntime } from '@agon/service-kit';
import { Injectable } from '@nestjs/common';
import { v5 as uuidv5 } from 'uuid';
import { Refusal } from '../story/refusal.ts';
import { Stories } from '../story/stories.ts';
import { type StoryCommand, type StoryEvent, decide } from '../story/story.ts';
import { type Gathered, type InputEvent, type Report, factsOf, gather, gatherFromLog } from './gathering.ts';
import { Replies } from './replies.ts';

/** Namespace of the ids of inputs: uuid5 of story and idempotency key. */
const INPUTS = '6f1d6a52-0a0e-5c35-9d2b-6f6b0f2f6a55';
/** Concurrent inputs of one story make an expected version wrong now and then. */
const TRIES = 10;
/** How often a repeat looks at the log for what the first request has set off, in milliseconds. */
const LOOK_MS = 40;

export interface Write {
  readonly storyId: string;
  readonly idempotencyKey: string;
  /** Tells the request from another one under the same key. */
  readonly requestHash: string;
  readonly command: StoryCommand;
}

/** Takes a request into the log and gathers its fast answer: from the replies, and at the deadline from the log. */
@Injectable()
export class Inputs {
  constructor(
    private readonly runtime: StoryRuntime,
    private readonly stories: Stories,
    private readonly replies: Replies,
  ) {}

  /** Throws a Refusal when the request can't be taken, or when its judge has refused it. */
  async submit(write: Write): Promise<Answer> {
    const eventId = uuidv5(`${write.storyId}/${write.idempotencyKey}`, INPUTS);
    const reports: Report[] = [];
    let look: (() => void) | undefined;
    const forget = this.replies.expect(eventId, (report) => {
      reports.push(report);
      look?.();
    });
    try {
      const { input, repeated } = await this.append(write, eventId);
      if (repeated) return answer(write, await this.fromLogUntilComplete(input));
      const settled = await new Promise<Gathered>((resolve) => {
        const deadline = setTimeout(() => resolve(gather(input, reports)), judging[input.type].deadlineMs);
        look = () => {
          const gathered = gather(input, reports);
          if (gathered.pending.length > 0) return;
          clearTimeout(deadline);
          resolve(gathered);
        };
        look();
      });
      return answer(write, settled.pending.length > 0 ? await this.fromLog(input) : settled);
    } finally {
      forget();
    }
  }

  private async append(write: Write, eventId: string): Promise<{ input: InputEvent; repeated: boolean }> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const outcome = await this.tryAppend(write, eventId, attempt > 0);
      if (outcome.outcome === 'appended') {
        const input = inputOf(outcome.events);
        this.stories.appended(write.storyId, input);
        return { input, repeated: false };
      }
      if (outcome.outcome === 'duplicate') return { input: await this.repeated(write, eventId), repeated: true };
      if (outcome.outcome !== 'wrong-version') throw new Error(`input not appended: ${outcome.outcome}`);
    }
    throw new Refusal('unavailable', [], 'too many concurrent writes to this story; repeat with the same key');
  }

  private async tryAppend(write: Write, eventId: string, fresh: boolean): Promise<AppendOutcome> {
    const { storyId, requestHash, command } = write;
    const story = fresh ? await this.stories.reload(storyId) : await this.stories.load(storyId);
    let decided: StoryEvent[];
    try {
      decided = decide(command, story.state);
    } catch (error) {
      return this.refusedOrRepeated(error, write, eventId, fresh);
    }
    const stream = streamId('game', storyId);
    const { seed, contentPack } = seedOf(story.state.created, decided);
    const metadata = { game: 'local', source: 'game', depth: 0, seed, contentPack, requestHash };
    return this.runtime.parts.log.append({
      partition: partitionOf(storyId),
      service: 'gateway',
      storyId,
      correlationId: eventId,
      expected: new Map([
        [stream, story.version === 0 ? 'none' : command.type === 'BeginConflict' ? story.version : 'any'],
      ]),
      events: decided.map(({ type, data }) => ({
        streamId: stream,
        eventId,
        type,
        schemaVersion: schemaVersionOf(type),
        data,
        metadata: { ...metadata, replyTo: this.replies.subject(eventId) },
      })),
    });
  }

  /** What the story does not allow may be a repeat of what it allowed before, or news that this replica has not seen. */
  private async refusedOrRepeated(
    error: unknown,
    write: Write,
    eventId: string,
    fresh: boolean,
  ): Promise<AppendOutcome> {
    const stored = await this.runtime.parts.log.readCorrelation(partitionOf(write.storyId), eventId);
    if (stored.length > 0) return { outcome: 'duplicate', positions: stored.map(({ position }) => position) };
    if (fresh) throw error;
    return this.tryAppend(write, eventId, true);
  }

  private async repeated({ storyId, requestHash }: Write, eventId: string): Promise<InputEvent> {
    const input = inputOf(await this.runtime.parts.log.readCorrelation(partitionOf(storyId), eventId));
    if (input.metadata.requestHash !== requestHash) throw new Refusal('idempotency_key_reused');
    return input;
  }

  private async fromLog(input: InputEvent): Promise<Gathered> {
    const { partition, correlationId } = input;
    const marks = await this.runtime.parts.log.marks(partition);
    const events = await this.runtime.parts.log.readCorrelation(partition, correlationId);
    return gatherFromLog(input, marks, factsOf(events));
  }

  private async fromLogUntilComplete(input: InputEvent): Promise<Gathered> {
    const deadline = performance.now() + judging[input.type].deadlineMs;
    let gathered = await this.fromLog(input);
    while (gathered.pending.length > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      gathered = await this.fromLog(input);
    }
    return gathered;
  }
}

/** The body of the answer. Throws a Refusal when the judge has refused the input. */
function answer({ storyId }: Write, { facts, refusal, pending }: Gathered): Answer {
  if (refusal !== undefined && 'code' in refusal.data) {
    const { code } = refusal.data;
    throw new Refusal(code, [], problems[code].title);
  }
  return answerOf(storyId, facts, pending);
}

function inputOf(stored: readonly StoredEvent[]): InputEvent {
  const input = factsOf(stored).find(isInput);
  if (input === undefined) throw new Error('the log holds no input under this id');
  return input;
}

const isInput = (event: EventOf): event is Extract<EventOf, { type: InputType }> => isInputType(event.type);

/** Every input carries what its consequences are decided with; the first one brings it. */
function seedOf(
  created: { seed: string; contentPack: string } | null,
  decided: readonly StoryEvent[],
): { seed?: string; contentPack?: string } {
  const first = decided.find(({ type }) => type === 'StoryCreated');
  const { seed, contentPack } = created ?? (first?.type === 'StoryCreated' ? first.data : {});
  return { seed, contentPack };
}
