/** A failure that its reader can mend: the message is one line that says what is wrong and what to do. */
export class StackError extends Error {
  override readonly name = 'StackError';
}

/** The message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}

/** The `code` of a system error (`ENOENT`, `EADDRINUSE`, …), if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
