import type { SelectedEvents, StoredEvent } from '@agon/event-store';
import { createDatabase } from '@agon/testing';
import type { DataSource } from 'typeorm';
import { openReadDataSource } from '../src/index.ts';

export interface TestReadModels {
  url: string;
  /** Another process's connections. */
  connect(): Promise<DataSource>;
  dataSource: DataSource;
  stop(): Promise<void>;
}

/** An empty database with connections for read models. */
export const startReadModels = async (): Promise<TestReadModels> => {
  const database = await createDatabase();
  const { url } = database;
  const sources: DataSource[] = [];
  const connect = async (): Promise<DataSource> => {
    const source = await openReadDataSource(url, 'test');
    sources.push(source);
    return source;
  };
  const stop = async (): Promise<void> => {
    for (const source of sources) await source.destroy();
    await database.drop();
  };
  return { url, connect, dataSource: await connect(), stop };
};

/** A log of given events, for what reads it only. */
export class GivenLog {
  reads = 0;
  private readonly events: StoredEvent[] = [];

  add(...events: StoredEvent[]): void {
    this.events.push(...events);
  }

  async readSelected(
    partition: number,
    after: number,
    limit: number,
    types: readonly string[],
  ): Promise<SelectedEvents> {
    this.reads += 1;
    const rest = this.events.filter((event) => event.partition === partition && event.position > after);
    const events = rest.filter(({ type }) => types.includes(type)).slice(0, limit);
    const upTo = events.length < limit ? rest.at(-1)?.position : events.at(-1)?.position;
    return { events: structuredClone(events), upTo: upTo ?? after };
  }

  async readStory(partition: number, storyId: string, after: number, limit: number): Promise<StoredEvent[]> {
    const rest = this.events.filter((event) => event.partition === partition && event.position > after);
    return structuredClone(rest.filter((event) => event.storyId === storyId).slice(0, limit));
  }

  async heads(): Promise<Map<number, number>> {
    return new Map(this.events.map(({ partition, position }) => [partition, position]));
  }
}
