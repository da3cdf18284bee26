import { until } from '@tributary/service-kit/testing';

/** An HTTP answer that is read as it comes. */
export interface RawStream {
  readonly status: number;
  readonly headers: Headers;
  /** All of it so far. */
  text(): string;
  /** Waits until it has this. */
  has(text: string): Promise<void>;
  ended(): Promise<void>;
  leave(): void;
}

export async function openRawStream(url: string, init: RequestInit = {}): Promise<RawStream> {
  const controller = new AbortController();
  const response = await fetch(url, { ...init, signal: controller.signal });
  let text = '';
  let isOver = false;
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
  };
  // It ends by an error where it was left, or cut off.
  read()
    .catch(() => {})
    .finally(() => {
      isOver = true;
    });
  return {
    status: response.status,
    headers: response.headers,
    text: () => text,
    async has(wanted) {
      await until(`${JSON.stringify(wanted)} in the stream`, () => text.includes(wanted) || undefined);
    },
    async ended() {
      await until('the end of the stream', () => isOver || undefined);
    },
    leave: () => controller.abort(),
  };
}
