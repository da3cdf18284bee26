/** A request to a route of the REST API. */
export interface RestRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
}

export interface RestValues {
  /** At every place that takes something: of paths, queries, headers and bodies. */
  text: string;
  /** Ids of things that there are, by the first part of a path: with them instead, the rest is believed. */
  ids: Readonly<Record<string, string>>;
}

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
}

interface Route {
  parameters?: { in: string; name: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** What is read of an OpenAPI document. */
export interface OpenApi {
  paths: Record<string, Record<string, Route>>;
  components: { schemas: Record<string, Schema> };
}

const JSON_TYPE = 'application/json';

/** Every route of a document: with a text everywhere, with one as its whole body, and about a thing that there is. */
export function restRequests(document: OpenApi, { text, ids }: RestValues): RestRequest[] {
  return Object.entries(document.paths).flatMap(([path, routes]) =>
    Object.entries(routes).flatMap(([method, { parameters = [], requestBody }]) => {
      const named = (place: string) => parameters.filter((each) => each.in === place).map(({ name }) => [name, text]);
      const query = new URLSearchParams(Object.fromEntries(named('query')));
      const schema = requestBody?.content[JSON_TYPE]?.schema;
      const headers = { ...Object.fromEntries(named('header')), ...(schema && { 'content-type': JSON_TYPE }) };
      const request = (id: string, body: string | undefined) => ({
        ...{ method: method.toUpperCase(), headers, body },
        path: `${path.replaceAll(/\{\w+\}/g, encodeURIComponent(id))}?${query}`,
      });
      const filled = schema && JSON.stringify(fill(document, schema, text));
      const known = ids[path.split('/')[1] ?? ''] ?? text;
      const bodies = schema === undefined ? [undefined] : [filled, `{"${text}`, JSON.stringify({ unknown: text })];
      return [...bodies.map((body) => request(text, body)), request(known, filled)];
    }),
  );
}

function fill(document: OpenApi, { $ref, properties, items }: Schema, text: string): unknown {
  if ($ref !== undefined) return fill(document, document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {}, text);
  if (items !== undefined) return [fill(document, items, text)];
  if (properties === undefined) return text;
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, fill(document, schema, text)]));
}
