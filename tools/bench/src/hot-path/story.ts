import { z } from 'zod';
import { type Call, type CallKind, type Told, callOf, kindAt, openStory, registerCast } from './calls.ts';
import type { Caller, Reply } from './caller.ts';

const Opened = z.object({ storyId: z.string() });
const Answered = z.object({
  position: z.int(),
  pending: z.array(z.string()).optional(),
  stale: z.boolean().optional(),
  missing: z.array(z.string()).optional(),
});

/** What an answer says. @throws ZodError or SyntaxError on a body that is none */
export const toldIn = ({ text }: Reply): Told => Answered.parse(JSON.parse(text));

export interface StoryOptions {
  readonly storyId: string;
  readonly name: string;
  /** How many calls of its cycle it counts as past, so that stories do not do the same at once. */
  readonly offset?: number;
  /** Its only conflict goes on for ever. */
  readonly endless?: boolean;
}

/** One play-through: which call comes next, and what is known from the answers. Calls may overlap. */
export class Story {
  private readonly name: string;
  private readonly storyId: string;
  private readonly endless: boolean;
  private turn: number;
  private conflicts = 0;
  private current = '';
  /** Conflicts that another one has followed, still to be resolved. */
  private readonly left: string[] = [];
  /** Calls under way, by the conflict that they name. */
  private readonly under = new Map<string, number>();
  private position = 0;

  private constructor({ storyId, name, offset = 0, endless = false }: StoryOptions) {
    this.storyId = storyId;
    this.name = name;
    this.turn = offset;
    this.endless = endless;
  }

  /** Creates a story with its cast and a first conflict. @throws Error when an answer is refused */
  static async open(caller: Caller, options: Omit<StoryOptions, 'storyId'>): Promise<Story> {
    const opened = await caller.must(openStory(options.name));
    const { storyId } = Opened.parse(JSON.parse(opened.text));
    await caller.must(registerCast(storyId, options.name));
    const story = new Story({ ...options, storyId });
    const first = story.make('create');
    story.ended(first, toldIn(await caller.must(first)));
    return story;
  }

  next(): Call {
    const kind = kindAt(this.turn);
    this.turn += 1;
    return this.make(this.fitting(kind));
  }

  /** A choice, whatever would come next. */
  choose(): Call {
    this.turn += 1;
    return this.make('choice');
  }

  /** Whether the next call is one that a player thinks about. */
  get choosesNext(): boolean {
    return kindAt(this.turn) === 'choice';
  }

  /** Reads the state as of the newest answer. */
  look(): Call {
    return this.make('state');
  }

  /** @param told what the answer said; undefined when there was none */
  ended({ kind, conflictId }: Call, told: Told | undefined): void {
    if (conflictId !== undefined) this.under.set(conflictId, (this.under.get(conflictId) ?? 1) - 1);
    if (told === undefined) return;
    this.position = Math.max(this.position, told.position);
    if (kind !== 'create' || conflictId === undefined) return;
    if (this.current !== '') this.left.push(this.current);
    this.current = conflictId;
  }

  /** A conflict can be resolved when another one has followed, and no call about it is under way. */
  private fitting(kind: CallKind): CallKind {
    if (this.endless && (kind === 'create' || kind === 'resolve')) return 'choice';
    const [oldest] = this.left;
    return kind === 'resolve' && (oldest === undefined || (this.under.get(oldest) ?? 0) > 0) ? 'choice' : kind;
  }

  private make(kind: CallKind): Call {
    const conflictId = this.conflictFor(kind);
    const call = callOf(kind, {
      storyId: this.storyId,
      conflictId,
      key: kind === 'create' ? conflictId : `${this.name}-${this.turn}`,
      escalates: this.turn % 2 === 0,
      after: this.position,
    });
    if (call.conflictId !== undefined) this.under.set(conflictId, (this.under.get(conflictId) ?? 0) + 1);
    return call;
  }

  private conflictFor(kind: CallKind): string {
    if (kind === 'resolve') return this.left.shift() ?? this.current;
    if (kind !== 'create') return this.current;
    this.conflicts += 1;
    return `${this.name}-c${this.conflicts}`;
  }
}
