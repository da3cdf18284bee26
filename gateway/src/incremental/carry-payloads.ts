/** Where payloads go. */
export interface PayloadSink {
  write(json: string): void;
  end(): void;
  /** In place of the end, where what is missing cannot be said. */
  destroy(): void;
}

/**
 * Sends payloads as they become ready. They are not held back for a client that reads slowly: all of them together are
 * no more than one answer would be.
 *
 * @throws what the payloads end with
 */
export async function carryPayloads(
  first: string,
  later: AsyncIterableIterator<string>,
  sink: PayloadSink,
): Promise<void> {
  sink.write(first);
  try {
    for await (const json of later) sink.write(json);
    sink.end();
  } catch (error) {
    sink.destroy();
    throw error;
  }
}
