import type { BoundRoute } from './bind-route.ts';

/** What a route answers where nothing has failed on the way. */
export type RestAnswer =
  | { readonly status: number; readonly body: unknown }
  | { readonly status: number; readonly code: string; readonly detail: string };

/** Of a typed error, as `errors { __typename ... on DomainError { code message } }` selects it. */
interface TypedError {
  readonly __typename?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

/** By the typed error's code. Whatever else the domain refuses is in conflict with how things are. */
const TYPED_STATUS: Readonly<Record<string, number>> = { NOT_FOUND: 404, INVALID_INPUT: 422 };

/** @param data of an execution without errors */
export function restAnswerOf({ route }: Pick<BoundRoute, 'route'>, data: unknown): RestAnswer {
  const errors = route.errors === undefined ? undefined : at(data, route.errors);
  if (Array.isArray(errors) && errors.length > 0) return refusalBy(errors[0]);
  const body = at(data, route.result);
  if (body == null) return { status: 404, code: 'NOT_FOUND', detail: 'There is no such thing, or not for you.' };
  return { status: route.status, body };
}

function refusalBy({ code, message, __typename }: TypedError): RestAnswer {
  const named = typeof code === 'string' ? code : String(__typename ?? 'REFUSED');
  return { status: TYPED_STATUS[named] ?? 409, code: named, detail: typeof message === 'string' ? message : named };
}

function at(data: unknown, keys: readonly string[]): unknown {
  let value = data;
  for (const key of keys) value = (value as Record<string, unknown> | null | undefined)?.[key];
  return value;
}
