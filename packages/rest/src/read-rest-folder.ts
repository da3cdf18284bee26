import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@tributary/service-kit';
import { GraphQLError } from 'graphql';
import { parseRestRoute } from './parse-rest-route.ts';
import type { RestRoute } from './rest-route.ts';
import { type RestSettings, readRestSettings } from './rest-settings.ts';

const SETTINGS_FILE = 'openapi.yaml';

/** A folder of routes: `*.graphql`, and `openapi.yaml` for what the schema cannot say. */
export interface RestFolder {
  /** By file name. */
  readonly routes: readonly RestRoute[];
  readonly settings: RestSettings;
}

/** @throws ConfigError for a folder that cannot be read, and for a file that is no route */
export function readRestFolder(folder: string): RestFolder {
  try {
    const files = readdirSync(folder).sort();
    const text = (file: string) => readFileSync(join(folder, file), 'utf8');
    const routes = files.filter((file) => file.endsWith('.graphql')).map((file) => parseRestRoute(text(file), file));
    const settings = readRestSettings(files.includes(SETTINGS_FILE) ? join(folder, SETTINGS_FILE) : undefined);
    refuseTwins(routes);
    return { routes, settings };
  } catch (error) {
    if (error instanceof GraphQLError) throw new ConfigError(error.message);
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${folder} cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}

/** Two routes of one version that the same request fits, or that have one name; variables in braces take everything. */
function refuseTwins(routes: readonly RestRoute[]): void {
  for (const [index, route] of routes.entries()) {
    const twin = routes
      .slice(0, index)
      .find((other) => isTogether(route, other) && (route.name === other.name || placeOf(route) === placeOf(other)));
    if (twin === undefined) continue;
    const shared = route.name === twin.name ? route.name : placeOf(route);
    throw new ConfigError(`${route.file}: ${twin.file} is ${shared}, too, in the same version of the API.`);
  }
}

const isTogether = ({ majors: a }: RestRoute, { majors: b }: RestRoute) => a.since <= b.until && b.since <= a.until;

const placeOf = ({ method, path }: RestRoute) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`;
