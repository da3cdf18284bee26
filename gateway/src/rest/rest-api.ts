import {
  asOpenApi30,
  bindRoutes,
  buildOpenApi,
  ONLY_LINE,
  type OpenApiVersion,
  type RestFolder,
  RouteTable,
} from '@tributary/rest';
import type { Logger } from '@tributary/service-kit';
import type { VersionLine } from '@tributary/service-kit/sdl';
import type { SchemaView } from '../engine/schema-view.ts';

/** The routes as each version of the API has them, and what is said of them. */
export class RestApi {
  readonly #folder: RestFolder;
  readonly #log: Logger;
  readonly #tables = new WeakMap<SchemaView, RouteTable>();
  readonly #descriptions = new WeakMap<SchemaView, Map<string, string>>();

  constructor(folder: RestFolder, log: Logger) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Names of the headers that routes take, in lower case. */
  get headers(): string[] {
    const parameters = this.#folder.routes.flatMap((route) => route.parameters);
    return parameters.filter((one) => one.in === 'header').map(({ name }) => name);
  }

  /** What of it this schema has: the rest is not there. */
  table(view: SchemaView, line: VersionLine | undefined): RouteTable {
    const known = this.#tables.get(view);
    if (known !== undefined) return known;
    const { major } = line ?? ONLY_LINE;
    const { routes, missing } = bindRoutes(this.#folder.routes, view.schema, major);
    for (const { route, refusals } of missing) {
      const fields = { route: `${route.method} ${route.path}`, line: major, refusals: refusals.slice(0, 3) };
      this.#log.warn(fields, 'a route of the REST API is not in this version');
    }
    const table = new RouteTable(routes);
    this.#tables.set(view, table);
    return table;
  }

  /** The OpenAPI document, as JSON. */
  description(view: SchemaView, line: VersionLine = ONLY_LINE, version: OpenApiVersion): string {
    const texts = this.#descriptions.get(view) ?? new Map<string, string>();
    this.#descriptions.set(view, texts);
    // A line may be deprecated, or published anew, while a supergraph serves.
    const key = `${version} ${line.major} ${line.version} ${line.state}`;
    const known = texts.get(key);
    if (known !== undefined) return known;
    const { deprecations } = view.candidate;
    const document = buildOpenApi({
      routes: this.table(view, line).routes,
      schema: view.schema,
      settings: this.#folder.settings,
      line,
      sunsets: [...deprecations.values()].map(({ coordinate, sunset }) => [coordinate, sunset]),
    });
    const text = JSON.stringify(version === '3.0' ? asOpenApi30(document) : document);
    texts.set(key, text);
    return text;
  }
}
