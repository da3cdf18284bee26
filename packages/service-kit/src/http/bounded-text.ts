/**
 * The whole text of a body, in UTF-8.
 *
 * @param maxBytes of a larger one the rest is left unread, and its connection is closed
 * @throws what `tooLarge` makes
 */
export async function boundedText(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
  tooLarge: () => Error,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
