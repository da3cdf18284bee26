import {
  type ConstDirectiveNode,
  type DocumentNode,
  GraphQLError,
  getDirectiveValues,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  type VariableDefinitionNode,
} from 'graphql';
import { headerDirective, restDirective } from './rest-directives.ts';
import type { PathSegment, RestMethod, RestParameter, RestRoute } from './rest-route.ts';

interface RestArguments {
  method?: RestMethod;
  path: string;
  result: string;
  errors?: string;
  status: number;
  since: number;
  until?: number;
}

const PATH = /^(?:\/(?:[\w.~-]+|\{\w+\}))+$/;
const KEYS = /^\w+(?:\.\w+)*$/;
/** Of a token (RFC 9110, 5.6.2) in lower case, what names of headers are made of. */
const HEADER = /^[a-z][a-z0-9-]*$/;

/**
 * Reads one file of the folder of routes.
 *
 * @param text one operation with a name and `@rest`, its fragments, and a comment above it that says what it is for
 * @param file as errors name it
 * @throws GraphQLError for what is no route; its message begins with the file
 */
export function parseRestRoute(text: string, file: string): RestRoute {
  const refuse = (message: string) => new GraphQLError(`${file}: ${message}`);
  const document = parsed(text, refuse);
  const [operation, ...others] = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operation?.name === undefined || others.length > 0) throw refuse('a route is one operation with a name.');
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw refuse('a subscription is no route.');
  const read = restArguments(operation, refuse);
  const isQuery = operation.operation === OperationTypeNode.QUERY;
  const method = read.method ?? (isQuery ? 'GET' : 'POST');
  if (isQuery !== (method === 'GET')) throw refuse(`a ${operation.operation} is not sent by ${method}.`);
  const segments = segmentsOf(read.path);
  const plain = withoutRest(document);
  return {
    name: operation.name.value,
    file,
    method,
    path: read.path,
    segments,
    parameters: parametersOf(operation, segments, method, refuse),
    result: read.result.split('.'),
    errors: read.errors?.split('.'),
    status: read.status,
    majors: { since: read.since, until: read.until ?? Number.POSITIVE_INFINITY },
    description: commentAbove(text),
    operation: plain.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode,
    document: plain,
    text: print(plain),
  };
}

type Refuse = (message: string) => GraphQLError;

function parsed(text: string, refuse: Refuse): DocumentNode {
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof GraphQLError ? refuse(error.message) : error;
  }
}

function restArguments(operation: OperationDefinitionNode, refuse: Refuse): RestArguments {
  const values = directiveValues<RestArguments>(restDirective, operation, refuse);
  if (values === undefined) throw refuse('a route has @rest(path:, result:).');
  const { path, result, errors, status, since, until = since } = values;
  if (!PATH.test(path)) throw refuse(`path "${path}" is not of the form /orders/{id}.`);
  for (const keys of [result, errors ?? 'errors']) {
    if (!KEYS.test(keys)) throw refuse(`"${keys}" is not of the form orders.nodes.`);
  }
  if (status < 200 || status > 299) throw refuse(`status must be 200 to 299, not ${status}.`);
  if (since < 1 || until < since) throw refuse(`there is no major version from ${since} to ${until}.`);
  return values;
}

function directiveValues<T>(
  directive: typeof restDirective,
  node: OperationDefinitionNode | VariableDefinitionNode,
  refuse: Refuse,
): T | undefined {
  try {
    return getDirectiveValues(directive, { directives: node.directives ?? [] }) as T | undefined;
  } catch (error) {
    throw error instanceof GraphQLError ? refuse(error.message) : error;
  }
}

const segmentsOf = (path: string): PathSegment[] =>
  path
    .slice(1)
    .split('/')
    .map((part) => (part.startsWith('{') ? { variable: part.slice(1, -1) } : { text: part }));

function parametersOf(
  operation: OperationDefinitionNode,
  segments: readonly PathSegment[],
  method: RestMethod,
  refuse: Refuse,
): RestParameter[] {
  const inPath = segments.flatMap((segment) => ('variable' in segment ? [segment.variable] : []));
  const definitions = operation.variableDefinitions ?? [];
  const missing = inPath.find((name) => !definitions.some(({ variable }) => variable.name.value === name));
  if (missing !== undefined) throw refuse(`the path names {${missing}}, and the operation has no such variable.`);
  if (new Set(inPath).size < inPath.length) throw refuse('the path names a variable twice.');
  return definitions.map((definition) => {
    const variable = definition.variable.name.value;
    const header = headerOf(definition, refuse);
    if (inPath.includes(variable)) return { variable, in: 'path', name: variable, definition };
    if (header !== undefined) return { variable, in: 'header', name: header, definition };
    return { variable, in: method === 'GET' || method === 'DELETE' ? 'query' : 'body', name: variable, definition };
  });
}

function headerOf(definition: VariableDefinitionNode, refuse: Refuse): string | undefined {
  const name = directiveValues<{ name: string }>(headerDirective, definition, refuse)?.name.toLowerCase();
  if (name !== undefined && !HEADER.test(name)) throw refuse(`"${name}" is no name of a header.`);
  return name;
}

const OWN = new Set([restDirective.name, headerDirective.name]);

function withoutRest(document: DocumentNode): DocumentNode {
  const others = (directives: readonly ConstDirectiveNode[] = []) =>
    directives.filter(({ name }) => !OWN.has(name.value));
  return {
    ...document,
    definitions: document.definitions.map((node) =>
      node.kind === Kind.OPERATION_DEFINITION
        ? {
            ...node,
            directives: node.directives?.filter(({ name }) => !OWN.has(name.value)) ?? [],
            variableDefinitions:
              node.variableDefinitions?.map((one) => ({ ...one, directives: others(one.directives) })) ?? [],
          }
        : node,
    ),
  };
}

function commentAbove(text: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => !line.startsWith('#') && line.trim() !== '');
  return lines
    .slice(0, start)
    .map((line) => line.replace(/^#\s*/, '').trim())
    .filter((line) => line !== '')
    .join(' ');
}
