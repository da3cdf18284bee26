import type { IncrementalResult, IncrementalUpdate } from '../executor/incremental-result.ts';
import type { ClientError } from '../executor/projection-run.ts';
import type { IncrementalFormat } from '../http/accept.ts';
import { payloadText } from './payload-text.ts';

export interface PayloadParts {
  readonly updates: NonNullable<IncrementalResult['updates']>;
  readonly format: IncrementalFormat;
  readonly requestId: string;
  /** Of the payload of an update: is asked once for each. */
  extensionsOf(update: IncrementalUpdate): object | undefined;
  /** Is told once, when there are no more or nobody wants them, with the errors that were in them. */
  ended(errors: readonly ClientError[]): void;
}

/** All payloads behind the first, as JSON text. Whoever takes them reads to the end, or calls `return()`. */
export function laterPayloads(parts: PayloadParts): AsyncIterableIterator<string> {
  const { updates, format, requestId, extensionsOf, ended } = parts;
  const errors: ClientError[] = [];
  let hasEnded = false;
  const end = () => {
    if (!hasEnded) ended(errors);
    hasEnded = true;
  };
  const next = async (): Promise<IteratorResult<string>> => {
    try {
      for (;;) {
        const { done, value } = await updates.next();
        if (done === true) break;
        for (const error of errorsIn(value)) errors.push(error);
        const text = payloadText(value, format, requestId, extensionsOf(value));
        if (text !== undefined) return { done: false, value: text };
      }
    } catch (error) {
      end();
      throw error;
    }
    end();
    return { done: true, value: undefined };
  };
  const leave = async (): Promise<IteratorResult<string>> => {
    end();
    await updates.return?.();
    return { done: true, value: undefined };
  };
  const iterator: AsyncIterableIterator<string> = { next, return: leave, [Symbol.asyncIterator]: () => iterator };
  return iterator;
}

const errorsIn = ({ incremental, completed }: IncrementalUpdate): ClientError[] => [
  ...incremental.flatMap(({ errors }) => errors),
  ...completed.flatMap(({ errors = [] }) => errors),
];
