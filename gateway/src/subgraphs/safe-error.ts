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
    else placed.push(at(path, error));
  }
  const [first] = unplaced;
  if (first === undefined) return placed;
  if (data === null) return [...placed, ...places().map((place) => at(place, first))];
  const [place] = places();
  return [...placed, ...unplaced.map((error) => at(place, error))];
}

function at(path: Path | undefined, error: RawError): SubgraphError {
  const { message, code } = safeError(error);
  return new SubgraphError(message, code, path);
}

/** What a client may see of an error, wherever it is. */
export interface SafeError {
  readonly message: string;
  readonly code: string;
}

export function safeError(error: RawError): SafeError {
  const code = error.extensions?.code;
  if (typeof code !== 'string' || !PLAIN_CODE.test(code) || INTERNAL_CODES.has(code)) {
    return { message: errorCatalogue.INTERNAL_SERVER_ERROR.message, code: 'INTERNAL_SERVER_ERROR' };
  }
  if (BETWEEN_SERVICES.has(code)) {
    return { message: errorCatalogue.SUBGRAPH_RESPONSE_INVALID.message, code: 'SUBGRAPH_RESPONSE_INVALID' };
  }
  return { message: typeof error.message === 'string' ? error.message.slice(0, MAX_MESSAGE_LENGTH) : code, code };
}

/** A path from which the client's can be made: names and indices, and into the entities that were asked for. */
function usablePath(path: unknown, entities: number | undefined): Path | undefined {
  if (!Array.isArray(path) || path.length === 0) return undefined;
  if (!path.every((step) => typeof step === 'string' || Number.isSafeInteger(step))) return undefined;
  if (entities === undefined) return path;
  const [root, index] = path;
  return root === '_entities' && typeof index === 'number' && index >= 0 && index < entities ? path : undefined;
}
