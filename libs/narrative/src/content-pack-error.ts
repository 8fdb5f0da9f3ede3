/** A content pack that is refused. The message is one line: the file, the JSON path in it, what is allowed there. */
export class ContentPackError extends Error {
  override readonly name = 'ContentPackError';
}
