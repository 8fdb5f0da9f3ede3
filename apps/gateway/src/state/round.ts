import type { RefinementsQuery, StoryState } from '@agon/contracts';
import { type QueryClient, QueryFailed } from '@agon/messaging';
import type { z } from 'zod';

/** How long a service may take to answer, in milliseconds; it waits up to 100 for `after`. */
const TIMEOUT_MS = 500;

interface Part<Board> {
  readonly position: number;
  readonly stale: boolean;
  readonly boards: readonly Board[];
}

/** One question that is put to several services. Every part is at least as new as `after`, or the whole is stale. */
export class Round {
  private readonly missing: string[] = [];
  private readonly parts: Part<unknown>[] = [];

  constructor(
    private readonly queries: QueryClient,
    private readonly query: string,
    private readonly question: RefinementsQuery,
  ) {}

  /** What the service holds; nothing, when it is away. */
  async ask<Board>(service: string, schema: z.ZodType<Part<Board>>): Promise<readonly Board[]> {
    try {
      const part = await this.queries.ask(service, this.query, this.question, schema, TIMEOUT_MS);
      this.parts.push(part);
      return part.boards;
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
      this.missing.push(service);
      return [];
    }
  }

  /** How new the parts are together, and who is away. */
  outcome(): Pick<StoryState, 'position' | 'stale' | 'missing'> {
    const { parts, missing } = this;
    return {
      position: parts.length === 0 ? 0 : Math.min(...parts.map(({ position }) => position)),
      stale: missing.length > 0 || parts.some(({ stale }) => stale),
      missing,
    };
  }
}
