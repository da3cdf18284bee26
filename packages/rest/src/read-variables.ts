import { type GraphQLInputType, getNamedType, getNullableType, isListType } from 'graphql';
import type { BoundParameter, BoundRoute } from './bind-route.ts';

/** What of a request may hold variables, as it came. */
export interface RestInput {
  /** By the names in the path's braces, decoded. */
  readonly path: Readonly<Record<string, string>>;
  /** A parameter that is there several times is a list. */
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** By name, in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As JSON has it; undefined where there is none. */
  readonly body: unknown;
}

/** What is wrong with one part of a request. The value is not repeated: it may be a secret. */
export interface InputIssue {
  readonly in: BoundParameter['in'];
  readonly name: string;
  readonly detail: string;
}

/** Variables that the operation may be sent with, or all that is wrong. Whether they fit their types in full, execution says. */
export function readVariables(
  { route, parameters }: BoundRoute,
  input: RestInput,
): { readonly variables: Record<string, unknown> } | { readonly issues: readonly InputIssue[] } {
  const issues: InputIssue[] = [];
  const variables: Record<string, unknown> = {};
  const body = bodyOf(input.body, parameters, issues);
  for (const parameter of parameters) {
    const refuse = (detail: string) => issues.push({ in: parameter.in, name: parameter.name, detail });
    const value = parameter.in === 'body' ? body[parameter.name] : textOf(parameter, input);
    if (value === undefined) {
      if (parameter.isRequired) refuse('It is missing.');
      continue;
    }
    const read = parameter.in === 'body' ? { value } : fromText(value as string | readonly string[], parameter.type);
    if ('detail' in read) refuse(read.detail);
    else variables[parameter.variable] = read.value;
  }
  const known = (where: BoundParameter['in'], name: string) =>
    parameters.some((one) => one.in === where && one.name === name);
  for (const name of Object.keys(input.query))
    if (!known('query', name)) issues.push({ in: 'query', name, detail: `${route.path} has no such parameter.` });
  for (const name of Object.keys(body))
    if (!known('body', name)) issues.push({ in: 'body', name, detail: 'The body has no such member.' });
  return issues.length > 0 ? { issues } : { variables };
}

function bodyOf(body: unknown, parameters: readonly BoundParameter[], issues: InputIssue[]): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  const isWanted = parameters.some((one) => one.in === 'body' && one.isRequired);
  if (body !== undefined || isWanted) issues.push({ in: 'body', name: '', detail: 'The body must be a JSON object.' });
  return {};
}

function textOf(
  parameter: BoundParameter,
  { path, query, headers }: RestInput,
): string | readonly string[] | undefined {
  if (parameter.in === 'path') return path[parameter.name];
  return (parameter.in === 'query' ? query : headers)[parameter.name];
}

type Read = { readonly value: unknown } | { readonly detail: string };

function fromText(text: string | readonly string[], type: GraphQLInputType): Read {
  const nullable = getNullableType(type);
  const named = getNamedType(nullable).name;
  if (!isListType(nullable)) {
    if (typeof text !== 'string') return { detail: 'It is there more than once.' };
    return scalarOf(text, named);
  }
  const items = (typeof text === 'string' ? [text] : text).map((one) => scalarOf(one, named));
  const wrong = items.find((one) => 'detail' in one);
  return wrong ?? { value: items.map((one) => ('value' in one ? one.value : undefined)) };
}

const INT = /^-?(?:0|[1-9]\d*)$/;
const FLOAT = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** What is no number or truth value stays text: enums, ids and scalars of the graph. */
function scalarOf(text: string, type: string): Read {
  if (type === 'Int') {
    const value = Number(text);
    const fits = INT.test(text) && value >= -(2 ** 31) && value < 2 ** 31;
    return fits ? { value } : { detail: 'It is no whole number of 32 bits.' };
  }
  if (type === 'Float') return FLOAT.test(text) ? { value: Number(text) } : { detail: 'It is no number.' };
  if (type === 'Boolean') {
    return text === 'true' || text === 'false'
      ? { value: text === 'true' }
      : { detail: 'It is neither true nor false.' };
  }
  return { value: text };
}
