import type { RuleName } from './rules.ts';

/** One thing that a federated graph must do, small enough to be understood from its parts. */
export interface Behaviour {
  readonly name: string;
  /** What says so. */
  readonly rule: RuleName;
  readonly subgraphs: Readonly<Record<string, SubgraphParts>>;
  readonly operation: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly expected: Answer;
  /** Subjects that answer something else today: what, and why that is wrong. */
  readonly wrong?: Readonly<Partial<Record<SubjectName, Wrong>>>;
}

export interface SubgraphParts {
  /** Without the `@link` to federation. */
  readonly sdl: string;
  readonly resolvers: object;
}

export const SUBJECT_NAMES = ['stock', 'ours'] as const;
export type SubjectName = (typeof SUBJECT_NAMES)[number];

export interface Wrong {
  readonly answer: Answer;
  readonly why: string;
}

export interface Answer {
  /** Left out where there is no answer: see `refused`. */
  readonly data?: unknown;
  /** Paths of the errors as dotted keys, sorted, each once; `-` is one without a path. Left out: none. */
  readonly errors?: readonly string[];
  /** The graph or the operation is refused, with this at the beginning of the message. */
  readonly refused?: string;
}

/** Finds an object by its key fields, as `__resolveReference` does. */
export const findBy =
  <T extends object>(objects: readonly T[], ...keys: (keyof T)[]) =>
  (representation: T): T | undefined =>
    objects.find((object) => keys.every((key) => object[key] === representation[key]));

/** A resolver that fails. */
export const fail = (): never => {
  throw new Error('It fails.');
};
