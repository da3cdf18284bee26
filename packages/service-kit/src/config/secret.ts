import { inspect } from 'node:util';
import { z } from 'zod';

/** A value that no log line, error or `JSON.stringify` can print; `reveal()` is the only way to it. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** A configuration value that is a secret: a non-empty string that is wrapped as soon as it is read. */
export const secret = () =>
  z
    .string()
    .min(1)
    .transform((value) => new Secret(value));

/** The same, of 32 characters or more: keys are made of it. */
export const longSecret = () =>
  secret().refine((value) => value.reveal().length >= 32, 'expected 32 characters or more');
