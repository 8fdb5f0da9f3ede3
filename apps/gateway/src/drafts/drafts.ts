import { DELTA_WILDCARD, RefinementDelta } from '@agon/contracts';
import type { NatsConnection } from '@nats-io/transport-node';
import type { OnModuleInit } from '@nestjs/common';

type Take = (draft: RefinementDelta) => void;

/** Hands on the drafts of texts that models are writing, whoever runs them. Nothing is kept: a draft may be lost. */
export class Drafts implements OnModuleInit {
  private readonly takers = new Map<string, Set<Take>>();

  constructor(private readonly nats: NatsConnection) {}

  onModuleInit(): void {
    this.nats.subscribe(DELTA_WILDCARD, {
      callback: (error, message) => {
        if (error === null) this.receive(message.subject, message.string());
      },
    });
  }

  /** Calls `take` with every draft of the story until the returned function is called. */
  follow(storyId: string, take: Take): () => void {
    const takers = this.takers.get(storyId) ?? new Set();
    this.takers.set(storyId, takers.add(take));
    return () => {
      takers.delete(take);
      if (takers.size === 0) this.takers.delete(storyId);
    };
  }

  private receive(subject: string, payload: string): void {
    const [, , storyId = '', refinementId] = subject.split('.');
    const takers = this.takers.get(storyId);
    if (takers === undefined) return;
    const draft = readDraft(payload);
    if (draft === undefined || draft.refinementId !== refinementId) return;
    for (const take of takers) take(draft);
  }
}

function readDraft(payload: string): RefinementDelta | undefined {
  try {
    return RefinementDelta.parse(JSON.parse(payload));
  } catch {
    return undefined;
  }
}
