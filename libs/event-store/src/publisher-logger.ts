/** What the publisher needs of a logger; pino's fits. */
export interface PublisherLogger {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Used when none is given: an alarm must be seen somewhere. */
export const consoleLogger: PublisherLogger = {
  warn: (details, message) => console.warn(message, details),
  error: (details, message) => console.error(message, details),
};
