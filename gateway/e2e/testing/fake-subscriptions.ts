import { type CodedError, newId } from '@tributary/service-kit';
import type { Generation } from '../../src/engine/generation.ts';
import type {
  LiveEnd,
  LiveOperation,
  LiveRequest,
  LiveResult,
  Subscriptions,
} from '../../src/subscriptions/live-operation.ts';

/** Subscriptions whose events a test makes. Each goes to everybody. */
export class FakeSubscriptions implements Subscriptions {
  readonly requests: LiveRequest[] = [];
  readonly #live = new Set<FakeLive>();
  /** With what a subscription is refused; undefined: not at all. */
  refusal: CodedError | undefined;
  startId: string | undefined;
  /** What a subscription waits for before it has begun; undefined: nothing. */
  gate: Promise<void> | undefined;

  /** Those that go on. */
  get active(): number {
    return this.#live.size;
  }

  async subscribe(_generation: Generation, request: LiveRequest): Promise<LiveOperation> {
    if (this.refusal !== undefined) throw this.refusal;
    this.requests.push(request);
    await this.gate;
    const live = new FakeLive(request.bufferedEvents, this.startId, () => this.#live.delete(live));
    this.#live.add(live);
    return live;
  }

  /** @param data of the result */
  emit(data: object, eventId?: string): void {
    const result = { data: JSON.stringify(data), errors: [] };
    for (const live of [...this.#live]) live.push({ result, eventId, requestId: newId() });
  }

  /** A book of that title, as the document `subscription { bookAdded { title } }` has it. */
  addBook(title: string, eventId?: string): void {
    this.emit({ bookAdded: { title } }, eventId);
  }

  end(end: LiveEnd): void {
    for (const live of [...this.#live]) live.stop(end);
  }

  fail(error: CodedError): void {
    for (const live of [...this.#live]) live.stop('failed', error);
  }

  retire(): void {}

  async stop(): Promise<void> {
    this.end('completed');
  }
}

class FakeLive implements LiveOperation {
  end: LiveEnd | undefined;
  readonly startId: string | undefined;
  readonly #most: number;
  readonly #over: () => void;
  readonly #results: LiveResult[] = [];
  #error: CodedError | undefined;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(most: number, startId: string | undefined, over: () => void) {
    this.#most = most;
    this.startId = startId;
    this.#over = over;
  }

  push(result: LiveResult): void {
    if (this.#results.length < this.#most) this.#results.push(result);
    else this.stop('slow_consumer');
    this.#wake?.();
  }

  stop(end: LiveEnd | undefined, error?: CodedError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.end = end;
    this.#error = error;
    this.#over();
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<LiveResult>> {
    for (;;) {
      const value = this.end === 'slow_consumer' ? undefined : this.#results.shift();
      if (value !== undefined) return { done: false, value };
      if (this.#error !== undefined) throw this.#error;
      if (this.#isOver) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async return(): Promise<IteratorResult<LiveResult>> {
    this.#results.length = 0;
    this.stop(undefined);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
