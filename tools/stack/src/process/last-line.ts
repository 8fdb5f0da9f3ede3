import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Longest part of a log line that is repeated in an error. */
const longest = 400;
/** Bytes at the end of a log that are looked at. */
const lookedAt = 64 * 1024;

interface JsonLine {
  readonly level?: unknown;
  readonly msg?: unknown;
  readonly err?: { readonly message?: unknown };
}

function parse(line: string): JsonLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isError(line: string): boolean {
  const json = parse(line);
  // 50 and up are `error` and `fatal` in pino.
  if (json !== undefined) return typeof json.level === 'number' && json.level >= 50;
  return /\b(FATAL|PANIC|ERROR|FTL|can't start|[A-Za-z]*Error):?/.test(line) && !/^\s*at /.test(line);
}

/** A line of a service's JSON log as a person would read it; any other line as it is. */
function readable(line: string): string {
  const json = parse(line);
  const parts = [json?.msg, json?.err?.message].filter((part) => typeof part === 'string' && part !== '');
  return parts.length === 0 ? line : [...new Set(parts)].join(': ');
}

/** The line of a log that says best why its process ended: the last error it names, else its last line. */
export function tellingLine(log: string): string {
  const lines = log
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return readable(lines.findLast(isError) ?? lines.at(-1) ?? '').slice(0, longest);
}

/** Bytes in a file; 0 when there is none. */
export function sizeOf(file: string): number {
  return withFile(file, (descriptor) => fstatSync(descriptor).size) ?? 0;
}

/**
 * The end of a log file, without what stood before `from`.
 * @param from byte at which the part of interest begins
 */
export function tailOf(file: string, from = 0): string {
  const read = (descriptor: number): string => {
    const { size } = fstatSync(descriptor);
    const start = Math.max(from, size - lookedAt, 0);
    const bytes = Buffer.alloc(Math.max(size - start, 0));
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, start));
  };
  return withFile(file, read) ?? '';
}

function withFile<T>(file: string, use: (descriptor: number) => T): T | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    return use(descriptor);
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
