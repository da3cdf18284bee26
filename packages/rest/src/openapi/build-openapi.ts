import type { VersionLine } from '@tributary/service-kit/sdl';
import { type GraphQLSchema, valueFromAST } from 'graphql';
import type { BoundParameter, BoundRoute } from '../bind-route.ts';
import { keyOfCreated } from '../key-of-created.ts';
import { isRead, mustHaveBody } from '../rest-route.ts';
import type { RestSettings } from '../rest-settings.ts';
import { sunsetOf } from '../sunset-of.ts';
import { Components } from './components.ts';
import { exampleOf } from './example-of.ts';
import type { JsonSchema } from './json-schema.ts';
import type {
  OpenApiContent,
  OpenApiDocument,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiResponse,
} from './openapi-document.ts';
import { nameOf, PROBLEM_SCHEMA, problemCasesOf, problemResponses } from './problem-responses.ts';
import { TypeSchemas } from './type-schemas.ts';

export interface OpenApiParts {
  /** Of one version line. */
  readonly routes: readonly BoundRoute[];
  readonly schema: GraphQLSchema;
  readonly settings: RestSettings;
  readonly line: VersionLine;
  /** Until when deprecated elements stay, by coordinate; undefined where that is not known. */
  readonly sunsets: Iterable<readonly [coordinate: string, on: string | undefined]>;
}

/** As every answer has one. */
const REQUEST_ID = '0194f1c2-7b3a-7c11-9d2e-3f5a6b7c8d9f';

/** The OpenAPI 3.1 document of one version line: each route, and the types of what it takes and answers. */
export function buildOpenApi({ routes, schema, settings, line, sunsets }: OpenApiParts): OpenApiDocument {
  const components = new Components();
  const days = new Map(sunsets);
  const types = new TypeSchemas({ schema, settings, sunsets: days, components });
  const paths: OpenApiDocument['paths'] = {};
  for (const bound of routes.toSorted(byPath)) {
    const { path, method } = bound.route;
    const operation = operationOf(bound, routes, types, components);
    const sunset = sunsetOf(bound, (coordinate) => days.get(coordinate));
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        ...operation,
        ...(line.state === 'deprecated' || bound.deprecated.length > 0 ? { deprecated: true } : {}),
        ...(sunset === undefined ? {} : { 'x-sunset': sunset }),
      },
    };
  }
  const tags = [...new Set(routes.map(tagOf))].sort();
  const { title, description, contact, license, tags: about } = settings;
  return {
    openapi: '3.1.1',
    info: {
      title,
      version: line.version,
      ...(description === undefined ? {} : { description }),
      ...(contact === undefined ? {} : { contact: defined(contact) }),
      ...(license === undefined ? {} : { license }),
    },
    servers: [{ url: `/v${line.major}`, description: 'This server.' }],
    tags: tags.map((name) => ({ name, ...(about[name] === undefined ? {} : { description: about[name] }) })),
    // Without a token a caller is nobody, who may see some of it.
    security: [{}, { accessToken: [] }],
    paths,
    components: {
      schemas: sorted({ ...components.schemas, Problem: PROBLEM_SCHEMA }),
      responses: problemResponses(REQUEST_ID),
      headers: {
        RequestId: { description: 'The id under which the request is in logs and traces.', schema: { type: 'string' } },
        RetryAfter: { description: 'In so many seconds.', schema: { type: 'integer', minimum: 0 } },
        ETag: { description: 'Of this answer, for `If-None-Match`.', schema: { type: 'string' } },
        Location: { description: 'Where it can be read.', schema: { type: 'string' } },
        Link: { description: 'Other pages of the list (RFC 8288).', schema: { type: 'string' } },
      },
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

/** What reads goes first: its types have the plain names. */
const byPath = ({ route: a }: BoundRoute, { route: b }: BoundRoute): number =>
  a.path === b.path ? Number(isRead(b)) - Number(isRead(a)) : a.path < b.path ? -1 : 1;

function operationOf(
  bound: BoundRoute,
  routes: readonly BoundRoute[],
  types: TypeSchemas,
  components: Components,
): OpenApiOperation {
  const { route, parameters } = bound;
  const [summary = route.name, ...more] = route.description.split(/(?<=\.) /);
  const sent = parameters.filter((one) => one.in !== 'body');
  const ofBody = parameters.filter((one) => one.in === 'body');
  return {
    operationId: `${route.name.charAt(0).toLowerCase()}${route.name.slice(1)}`,
    summary: summary.replace(/\.$/, ''),
    ...(more.length === 0 ? {} : { description: more.join(' ') }),
    tags: [tagOf(bound)],
    ...(sent.length === 0 ? {} : { parameters: sent.map((one) => parameterOf(one, types)) }),
    ...(ofBody.length === 0 && !mustHaveBody(route)
      ? {}
      : { requestBody: requestBodyOf(route, ofBody, types, components) }),
    responses: responsesOf(bound, routes, types.output(route.document, route.name, bound.result), components),
  };
}

const tagOf = ({ route: { segments } }: BoundRoute): string => {
  const [first] = segments;
  return first !== undefined && 'text' in first ? first.text : 'api';
};

function inputSchema({ type, definition, variable, use }: BoundParameter, types: TypeSchemas): JsonSchema {
  const schema = types.input(type, use?.coordinate ?? variable);
  const { defaultValue } = definition;
  return defaultValue === undefined ? schema : { ...schema, default: valueFromAST(defaultValue, type) };
}

function parameterOf(parameter: BoundParameter, types: TypeSchemas): OpenApiParameter {
  const schema = inputSchema(parameter, types);
  const isRequired = parameter.isRequired || parameter.in === 'path';
  const own = { name: parameter.name, in: parameter.in as 'path', ...(isRequired ? { required: true } : {}) };
  return {
    ...described(own, parameter, types),
    // Text is never null: a parameter that is not meant is left out.
    schema: withoutNull(schema),
  };
}

const described = <Target extends object>(own: Target, { use }: BoundParameter, types: TypeSchemas) =>
  use === undefined ? own : types.described(own, use);

function withoutNull(schema: JsonSchema): JsonSchema {
  if (schema.oneOf?.length === 2 && schema.oneOf[1]?.type === 'null') return schema.oneOf[0] as JsonSchema;
  return Array.isArray(schema.type) ? { ...schema, type: schema.type[0] } : schema;
}

function requestBodyOf(
  route: BoundRoute['route'],
  parameters: readonly BoundParameter[],
  types: TypeSchemas,
  { schemas }: Components,
) {
  const properties = parameters.map((one) => [one.name, described(inputSchema(one, types), one, types)] as const);
  const required = parameters.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  const schema: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
  const content: OpenApiContent = { schema, example: exampleOf(schema, schemas) };
  return { required: required.length > 0 || mustHaveBody(route), content: { 'application/json': content } };
}

function responsesOf(
  bound: BoundRoute,
  routes: readonly BoundRoute[],
  schema: JsonSchema,
  { schemas }: Components,
): OpenApiOperation['responses'] {
  const { route } = bound;
  const { description = 'As asked for.', ...body } = withoutNull(schema);
  const properties = propertiesOf(body, schemas) ?? {};
  const isPaged = 'pagination' in properties || 'pageInfo' in properties;
  const created = route.status === 201 ? keyOfCreated(bound, routes) : undefined;
  const success: OpenApiResponse = {
    description,
    headers: {
      'x-request-id': { $ref: '#/components/headers/RequestId' },
      ...(isRead(route) ? { etag: { $ref: '#/components/headers/ETag' } } : {}),
      ...(created !== undefined && created in properties
        ? { location: { $ref: '#/components/headers/Location' } }
        : {}),
      ...(isPaged ? { link: { $ref: '#/components/headers/Link' } } : {}),
    },
    content: { 'application/json': { schema: body, example: exampleOf(body, schemas) } },
  };
  const problems = problemCasesOf(bound).map(({ status }) => [
    String(status),
    { $ref: `#/components/responses/${nameOf(status)}` },
  ]);
  return {
    [route.status]: success,
    ...(isRead(route) ? { 304: { description: 'It is as `If-None-Match` has it.' } } : {}),
    ...Object.fromEntries(problems),
  };
}

const propertiesOf = ({ $ref, properties }: JsonSchema, schemas: Record<string, JsonSchema>) =>
  properties ?? schemas[$ref?.split('/').at(-1) ?? '']?.properties;

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

const defined = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
