import type { MessagingLogger } from '../src/logger.ts';
import { type MessagingMetrics, noMetrics } from '../src/metrics.ts';

/** What messaging logged and measured, to be looked at. */
export class Recorder {
  readonly lines: { level: 'info' | 'warn' | 'error'; message: string; fields: object }[] = [];
  readonly counts = new Map<string, number>();

  readonly logger: MessagingLogger = {
    info: (fields, message) => this.lines.push({ level: 'info', message, fields }),
    warn: (fields, message) => this.lines.push({ level: 'warn', message, fields }),
    error: (fields, message) => this.lines.push({ level: 'error', message, fields }),
  };

  readonly metrics: MessagingMetrics = {
    ...noMetrics,
    handled: (type, outcome) => this.count(`handled ${type} ${outcome}`),
    failed: (type, kind) => this.count(`failed ${type} ${kind}`),
    parked: (type) => this.count(`parked ${type}`),
    redriven: (type, outcome) => this.count(`redriven ${type} ${outcome}`),
    parkedStories: (stories) => this.counts.set('parked stories', stories),
    replyFailed: (type) => this.count(`reply failed ${type}`),
    queried: (name, outcome) => this.count(`queried ${name} ${outcome}`),
  };

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  said(message: RegExp): number {
    return this.lines.filter((line) => message.test(line.message)).length;
  }

  private count(name: string): void {
    this.counts.set(name, this.of(name) + 1);
  }
}
