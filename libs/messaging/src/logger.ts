/** The part of a pino logger that messaging uses. */
export interface MessagingLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Logs nothing. */
export const silent: MessagingLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** One line for a log: the error's own message, or whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
