import { OBJ, parse, STR } from 'partial-json';
import { z } from 'zod';

const withText = z.object({ text: z.string() });
/** Half of a character, whose other half is not there yet. */
const HALF = /[\uD800-\uDBFF]$/;

/** The `text` in an answer that is still being written, as far as it goes; empty when there is none yet. */
function textSoFar(written: string): string {
  const start = written.indexOf('{');
  if (start === -1) return '';
  try {
    const begun: unknown = parse(written.slice(start), STR | OBJ);
    return (withText.safeParse(begun).data?.text ?? '').replace(HALF, '').trim();
  } catch {
    // What can't be read yet may be readable with the next token; the whole answer is judged at its end.
    return '';
  }
}

/** A listener that is given all that was written so far, and tells `onText` the text in it whenever that has grown. */
export function tellGrowth(onText: (text: string) => void): (written: string) => void {
  let told = 0;
  return (written) => {
    const text = textSoFar(written);
    if (text.length <= told) return;
    told = text.length;
    onText(text);
  };
}
