import { z } from 'zod';

const Content = z.union([z.string(), z.array(z.object({ text: z.string().catch('') }))]);
const Message = z.object({ role: z.string().default('user'), content: Content });
const Messages = z.union([z.string(), z.array(Message)]).optional();

/** What a model reads of a request, in either of the APIs that models are asked with. */
const Request = z.object({ instructions: z.string().nullish(), input: Messages, messages: Messages });

interface Part {
  readonly isUser: boolean;
  readonly text: string;
}

const textOf = (content: z.infer<typeof Content>): string =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('\n');

function partsOf(messages: z.infer<typeof Messages>): Part[] {
  if (messages === undefined) return [];
  if (typeof messages === 'string') return [{ isUser: true, text: messages }];
  return messages.map(({ role, content }) => ({ isUser: role === 'user', text: textOf(content) }));
}

/** A line that fences off what follows, up to the same line again. */
const isMarker = (line: string): boolean => /^=== .*\S{8,} ===$/.test(line);

/** The lines that stand outside any fence. */
function outside(text: string): string[] {
  const open: string[] = [];
  let marker: string | undefined;
  for (const line of text.split('\n')) {
    if (marker === undefined && isMarker(line)) marker = line;
    else if (marker === undefined) open.push(line);
    else if (line === marker) marker = undefined;
  }
  return open;
}

/**
 * Whether words of the player stand in a request to a model as data alone: fenced off in what the user says, nowhere in
 * the instructions.
 */
export function isFenced(request: unknown, words: string): boolean {
  const read = Request.safeParse(request);
  if (!read.success) return false;
  const { instructions, input, messages } = read.data;
  const parts = [{ isUser: false, text: instructions ?? '' }, ...partsOf(input), ...partsOf(messages)];
  const holds = (text: string): boolean => text.includes(words);
  return (
    parts.some(({ isUser, text }) => isUser && holds(text)) &&
    parts.every(({ isUser, text }) => (isUser ? !outside(text).some(holds) : !holds(text)))
  );
}
