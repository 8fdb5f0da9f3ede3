const MASK = '***';

/**
 * Hides what must not be read in a log: passwords (and NATS tokens) inside URLs, and password-like query parameters.
 * Anything up to the last `@` counts as the password, so one that holds `/`, `,` or `@` does not leak.
 */
export const maskPasswords = (text: string): string =>
  text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:)\S*@/gi, `$1${MASK}@`)
    .replace(/\b((?:nats|tls|wss?):\/\/)[^\s:/?#@]+@/gi, `$1${MASK}@`)
    .replace(/([?&][a-z_-]*(?:password|secret|token|key)=)[^&\s]*/gi, `$1${MASK}`);

/** A configuration value as a log or an error may show it. */
export const maskValue = (value: unknown, secret: boolean): unknown => {
  if (value === undefined || value === '') return value;
  if (secret) return MASK;
  return typeof value === 'string' ? maskPasswords(value) : value;
};
