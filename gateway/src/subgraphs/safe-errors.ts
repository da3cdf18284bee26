import { errorCatalogue } from '@tributary/service-kit';
import type { RawError, SubgraphAnswer } from './read-answer.ts';
import { SubgraphError } from './subgraph-error.ts';

type Path = readonly (string | number)[];

const PLAIN_CODE = /^[A-Z][A-Z0-9_]{1,63}$/;
const INTERNAL_CODES = new Set(['INTERNAL_SERVER_ERROR', 'DOWNSTREAM_SERVICE_ERROR', 'INTERNAL_ERROR']);
/** Refusals of the request that the gateway made, which is not the client's and none of its business. */
const BETWEEN_SERVICES = new Set([
  'CSRF_PREVENTED',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'METHOD_NOT_ALLOWED',
  'NOT_ACCEPTABLE',
  'OPERATION_RESOLUTION_FAILURE',
  'SERVICE_IDENTITY_REQUIRED',
  'UNSUPPORTED_MEDIA_TYPE',
]);
const MAX_MESSAGE_LENGTH = 500;

/**
 * A subgraph's errors as a client may see them. A message that comes with a code was written for clients, and passes;
 * an error without one (what a resolver threw) is masked. One that names no place of its own is put at `places`, the
 * fields that the fetch was for: at each of them when the answer has no data, otherwise at the first.
 */
export function safeErrors(
  { data, errors }: SubgraphAnswer,
  entities: number | undefined,
  places: () => readonly Path[],
): SubgraphError[] {
  const placed: SubgraphError[] = [];
  const unplaced: RawError[] = [];
  for (const error of errors) {
    const path = usablePath(error.path, entities);
    if (path === undefined) unplaced.push(error);
    else placed.push(safeError(error, path));
  }
  const [first] = unplaced;
  if (first === undefined) return placed;
  if (data === null) return [...placed, ...places().map((place) => safeError(first, place))];
  const [place] = places();
  return [...placed, ...unplaced.map((error) => safeError(error, place))];
}

function safeError(error: RawError, path: Path | undefined): SubgraphError {
  const code = error.extensions?.code;
  if (typeof code !== 'string' || !PLAIN_CODE.test(code) || INTERNAL_CODES.has(code)) {
    return new SubgraphError(errorCatalogue.INTERNAL_SERVER_ERROR.message, 'INTERNAL_SERVER_ERROR', path);
  }
  if (BETWEEN_SERVICES.has(code)) {
    return new SubgraphError(errorCatalogue.SUBGRAPH_RESPONSE_INVALID.message, 'SUBGRAPH_RESPONSE_INVALID', path);
  }
  const message = typeof error.message === 'string' ? error.message.slice(0, MAX_MESSAGE_LENGTH) : code;
  return new SubgraphError(message, code, path);
}

/** A path from which the client's can be made: names and indices, and into the entities that were asked for. */
function usablePath(path: unknown, entities: number | undefined): Path | undefined {
  if (!Array.isArray(path) || path.length === 0) return undefined;
  if (!path.every((step) => typeof step === 'string' || Number.isSafeInteger(step))) return undefined;
  if (entities === undefined) return path;
  const [root, index] = path;
  return root === '_entities' && typeof index === 'number' && index >= 0 && index < entities ? path : undefined;
}
