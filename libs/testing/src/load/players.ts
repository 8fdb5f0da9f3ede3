import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from './eventually.ts';
import { ACT, CAST, CHALLENGE, type Kind, NEGOTIATE, POWER_CRISIS, SYNC, write } from './example-story.ts';
import { type Reply, type Sent, answerIn, send, sendUntilComplete } from './http.ts';
import type { ToldInput } from '../laws/input-laws.ts';

/** An input with its definite answer: it was accepted, or the gateway said why not. */
export interface Told extends ToldInput {
  readonly request: Sent;
  readonly reply: Reply;
  /** Tries that the gateway did not answer, or answered with 503. */
  readonly failures: number;
  /** When the try that was answered began, on `performance`'s clock. */
  readonly begun: number;
}

/** Between two tries of one input, in milliseconds. */
const BACK_OFF_MS = 30;
/** Inputs until a conflict is resolved and the next one begins. */
const ROUND = ['sync', 'challenge', 'act', 'negotiate', 'progress', 'challenge', 'sync', 'resolve'] as const;

/** The body of an input; its key stands in a field that nothing depends on, for `storedOnce`. */
function bodyOf(move: (typeof ROUND)[number], key: string): { kind: Kind; body: unknown } {
  switch (move) {
    case 'sync':
      return { kind: 'sync', body: { ...SYNC, sceneId: key } };
    case 'challenge':
      return { kind: 'choices', body: { ...CHALLENGE, turnId: key } };
    case 'negotiate':
      return { kind: 'choices', body: { ...NEGOTIATE, turnId: key } };
    case 'act':
      return { kind: 'events', body: { ...ACT, description: key } };
    case 'progress':
      return { kind: 'events', body: { type: 'ConflictProgressed', momentumDelta: -0.2, reason: key } };
    case 'resolve':
      return {
        kind: 'resolve',
        body: { resolution: { type: 'compromise', winners: ['12'], losers: [], stakes: [key] } },
      };
  }
}

/** Whether no part of the answer is missing. */
const isWhole = (reply: Reply): boolean => answerIn(reply).pending.length === 0;

/** Answers of a story in a row that tell that it is as quick as before. */
const QUICK_IN_A_ROW = 5;

/**
 * Players of one story each, who go on whatever breaks: an input that gets no definite answer is repeated under its key,
 * at the next gateway. Each tells its next input when the one before was accepted.
 */
export class Players {
  readonly told: Told[] = [];
  readonly storyIds: string[] = [];
  /** Tries without a definite answer so far, of all inputs. */
  failures = 0;
  private readonly ended = new AbortController();
  private playing: Promise<unknown> = Promise.resolve();
  private abandoned = false;
  private turn = 0;

  /** @param thinkMs mean time between an answer and the player's next input, in milliseconds (exponential); none if left out */
  constructor(
    private readonly urls: readonly string[],
    private readonly thinkMs = 0,
  ) {}

  /** Lets so many players begin. Throws nothing; `stop` does. */
  start(players: number): void {
    this.playing = Promise.all(Array.from({ length: players }, () => this.play()));
    this.playing.catch(() => this.ended.abort());
  }

  /** Waits until so many more inputs were accepted: play goes on. */
  goOn(inputs: number, timeout = 30_000): Promise<void> {
    const wanted = this.told.length + inputs;
    const seen = () => `${this.told.length} of ${wanted}`;
    const check = () => this.ended.signal.aborted || this.told.length >= wanted;
    return eventually('inputs are accepted', check, { timeout, seen });
  }

  /**
   * Waits until every service has answered what was told so far: the newest input of each story, and with it, since each
   * service keeps the order, all before it.
   */
  async caughtUp(): Promise<void> {
    const newest = new Map(this.told.map(({ storyId, request }) => [storyId, request]));
    await Promise.all([...newest.values()].map((request) => this.complete(request)));
  }

  /**
   * Waits until each story has an input that was sent after this moment (on `performance`'s clock), and every service has
   * answered it; and until the story's answers, a few in a row, were complete within `quickMs`.
   */
  async answeredSince(moment: number, timeout: number, quickMs = Infinity): Promise<void> {
    const first = new Map<string, Sent>();
    const inARow = new Map<string, number>();
    const wanted = quickMs === Infinity ? 1 : QUICK_IN_A_ROW;
    let looked = 0;
    const look = (): boolean => {
      for (const { storyId, begun, request, reply, failures } of this.told.slice(looked)) {
        looked += 1;
        if (begun < moment) continue;
        if (!first.has(storyId)) first.set(storyId, request);
        const isQuick = quickMs === Infinity || (failures === 0 && reply.ms <= quickMs && isWhole(reply));
        inARow.set(storyId, isQuick ? (inARow.get(storyId) ?? 0) + 1 : 0);
      }
      return this.ended.signal.aborted || this.storyIds.every((storyId) => (inARow.get(storyId) ?? 0) >= wanted);
    };
    const seen = () => [...inARow.values()].join();
    await eventually('every player is answered', look, { timeout, seen });
    await Promise.all([...first.values()].map((request) => this.complete(request, timeout)));
  }

  /** Lets every player finish the input in hand. Throws what a player could not make sense of. */
  async stop(): Promise<void> {
    this.ended.abort();
    await this.playing;
  }

  /** Lets every player go, whether or not the input in hand was answered: what they play in is not to be saved. */
  async abandon(): Promise<void> {
    this.abandoned = true;
    await this.stop().catch(() => undefined);
  }

  /** Repeats every input under its key until its answer is complete. Gives a line per answer that is not as it should. */
  async repeatAll(): Promise<string[]> {
    const queue = this.told.values();
    const breaches: string[] = [];
    const repeat = async (): Promise<void> => {
      for (const { request, reply } of queue) {
        const again = await sendUntilComplete(this.nextUrl(), request);
        if (again.status !== reply.status) {
          breaches.push(`${request.key}: ${reply.status}, repeated ${again.status} ${again.text}`);
          continue;
        }
        const first = answerIn(reply);
        if (first.pending.length === 0 && again.text !== reply.text) breaches.push(`${request.key}: another answer`);
        const items = new Set(answerIn(again).items.map(({ itemId }) => itemId));
        const lost = first.items.filter(({ itemId }) => !items.has(itemId));
        if (lost.length > 0) breaches.push(`${request.key}: items of the first answer are gone`);
      }
    };
    await Promise.all(Array.from({ length: 8 }, repeat));
    return breaches;
  }

  private async play(): Promise<void> {
    const name = `k${randomBytes(6).toString('hex')}`;
    const created = await this.tell('', name, { method: 'POST', path: '/v1/stories', key: name, body: { seed: name } });
    const { storyId } = answerIn(created);
    this.storyIds.push(storyId);
    const cast = CAST.map((npc) => ({ ...npc, traits: [`${name}-n`] }));
    await this.tell(storyId, `${name}-n`, write('npcs', storyId, '', { npcs: cast }, `${name}-n`));
    for (let round = 0; !this.ended.signal.aborted; round += 1) {
      const conflictId = `${name}-c${round}`;
      const body = { conflictId, ...POWER_CRISIS };
      await this.tell(storyId, conflictId, write('conflicts', storyId, '', body, conflictId));
      for (const [n, move] of ROUND.entries()) {
        if (this.ended.signal.aborted) return;
        const key = `${name}-${round}-${n}`;
        const { kind, body } = bodyOf(move, key);
        if (this.thinkMs > 0) await delay(-Math.log(1 - Math.random()) * this.thinkMs);
        await this.tell(storyId, key, write(kind, storyId, conflictId, body, key));
      }
    }
  }

  private async tell(storyId: string, key: string, request: Sent): Promise<Reply> {
    for (let failures = 0; ; failures += 1) {
      const begun = performance.now();
      const reply = await send(this.nextUrl(), request).catch(() => undefined);
      if (reply === undefined || reply.status === 503) {
        if (this.abandoned) throw new Error(`${request.path} was never answered`);
        this.failures += 1;
        await delay(BACK_OFF_MS);
        continue;
      }
      if (reply.status >= 300) throw new Error(`${request.path} was answered with ${reply.text}`);
      const id = storyId === '' ? answerIn(reply).storyId : storyId;
      this.told.push({ storyId: id, key, request, reply, failures, begun });
      return reply;
    }
  }

  /** Asks all gateways, one of which may be away; the first complete answer counts. */
  private async complete(request: Sent, patienceMs?: number): Promise<Reply> {
    try {
      return await Promise.any(this.urls.map((url) => sendUntilComplete(url, request, patienceMs)));
    } catch (error) {
      throw error instanceof AggregateError ? error.errors[0] : error;
    }
  }

  private nextUrl(): string {
    this.turn += 1;
    return this.urls[this.turn % this.urls.length] ?? '';
  }
}
