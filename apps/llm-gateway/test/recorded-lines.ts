import type { MessagingLogger } from '@agon/messaging';

/** A logger that keeps its lines. */
export class RecordedLines implements MessagingLogger {
  readonly lines: { level: string; message: string; fields: object }[] = [];

  info(fields: object, message: string): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(fields: object, message: string): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(fields: object, message: string): void {
    this.lines.push({ level: 'error', message, fields });
  }

  get errors(): string[] {
    return this.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
  }
}
