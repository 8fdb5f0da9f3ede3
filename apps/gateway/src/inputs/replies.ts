import { replySubject, replyWildcard } from '@agon/contracts';
import { readReply } from '@agon/messaging';
import { StoryRuntime } from '@agon/service-kit';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type Report, factsOf } from './gathering.ts';

type Take = (report: Report) => void;

/** Where services send their fast answers to this gateway; a shortcut past the log, lost without harm. */
@Injectable()
export class Replies implements OnModuleInit {
  private readonly instance = randomUUID().slice(0, 8);
  private readonly waiting = new Map<string, Set<Take>>();

  constructor(private readonly runtime: StoryRuntime) {}

  onModuleInit(): void {
    this.runtime.parts.nats.subscribe(replyWildcard(this.instance), {
      callback: (error, message) => {
        if (error === null) this.receive(message.subject.split('.')[2] ?? '', message.string());
      },
    });
  }

  subject(eventId: string): string {
    return replySubject(this.instance, eventId);
  }

  /** Calls `take` with every report on the input until the returned function is called. Repeats wait side by side. */
  expect(eventId: string, take: Take): () => void {
    const takers = this.waiting.get(eventId) ?? new Set();
    this.waiting.set(eventId, takers.add(take));
    return () => {
      takers.delete(take);
      if (takers.size === 0) this.waiting.delete(eventId);
    };
  }

  private receive(eventId: string, payload: string): void {
    const takers = this.waiting.get(eventId);
    if (takers === undefined) return;
    const reply = readReply(payload);
    // What an earlier delivery has stored comes without its events: the log has them.
    if (reply?.outcome !== 'appended') return;
    const report = { service: reply.service, handled: reply.eventId, events: factsOf(reply.events) };
    for (const take of takers) take(report);
  }
}
