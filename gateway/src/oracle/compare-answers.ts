import { isDeepStrictEqual } from 'node:util';
import type { ExecutionResult } from 'graphql';
import type { Answer } from './merged-schema.ts';

type Path = readonly (string | number)[];

/**
 * What is wrong with an answer, in one line; undefined when it is right.
 *
 * Data is deeply equal. Of errors the paths are compared, not messages, which belong to subgraphs. Where several errors
 * null the same place, the specification leaves open which of them are reported: the fields beside the first may not have
 * been executed. So:
 * 1. each path that is reported is one where the oracle can come across an error, or a null that such an error can lead
 *    to: of an object that is null a gateway may not know the type, and so not what was selected of it;
 * 2. each null that the oracle's errors explain is explained by one of the answer's, and none else.
 */
export function differenceOf(expected: Answer, actual: ExecutionResult): string | undefined {
  const { data = null } = expected.result;
  if (!isDeepStrictEqual(actual.data ?? null, data)) return dataDifference(data, actual.data ?? null);
  const paths = pathsOf(actual);
  if (paths.some((path) => path === undefined)) return `an error has no path: ${actual.errors?.[0]?.message}`;
  const wanted = new Set(pathsOf(expected.result).map((path) => nullAt(data, path ?? [])));
  const isPossible = (path: Path) =>
    expected.possibleErrors.some(
      (error) => startsWith(error, path) && (error.length === path.length || isNull(data, path)),
    );
  const impossible = paths.find((path) => !isPossible(path ?? []));
  if (impossible !== undefined) return `there is no error at ${dotted(impossible)}`;
  const explained = new Set(paths.map((path) => nullAt(data, path ?? [])));
  const unexplained = [...wanted].find((place) => !explained.has(place));
  if (unexplained !== undefined) return `no error says why ${unexplained} is null`;
  const invented = [...explained].find((place) => !wanted.has(place));
  return invented === undefined ? undefined : `no error of the oracle's is at ${invented}`;
}

const pathsOf = ({ errors = [] }: ExecutionResult): (Path | undefined)[] => errors.map(({ path }) => path);

export const dotted = (path: Path): string => path.join('.');

const startsWith = (path: Path, start: Path) => start.every((step, index) => path[index] === step);

/** Also where something above it is. */
const isNull = (data: unknown, path: Path): boolean =>
  (path.reduce<unknown>(
    (value, step) => (value as Record<string | number, unknown> | null | undefined)?.[step],
    data,
  ) ?? null) === null;

/** The null that an error at `path` has led to. */
export function nullAt(data: unknown, path: Path): string {
  let value = data;
  for (const [index, step] of path.entries()) {
    if (value === null || value === undefined) return dotted(path.slice(0, index)) || 'data';
    value = (value as Record<string | number, unknown>)[step];
  }
  return dotted(path);
}

/** The first place where they are not the same. */
function dataDifference(expected: unknown, actual: unknown, path: Path = []): string {
  if (isComposite(expected) && isComposite(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const [left, right] = [expected[key], actual[key]];
      if (!isDeepStrictEqual(left, right)) return dataDifference(left, right, [...path, key]);
    }
  }
  return `at ${dotted(path) || 'data'}: expected ${excerpt(expected)}, got ${excerpt(actual)}`;
}

const isComposite = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const excerpt = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 200);
