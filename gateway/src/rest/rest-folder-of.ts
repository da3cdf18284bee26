import { type RestFolder, readRestFolder } from '@tributary/rest';
import type { GatewayConfig } from '../config/gateway-config.ts';
import type { KnownOperation } from '../engine/generation.ts';

/**
 * The routes of a configuration; undefined where it has none.
 *
 * @throws ConfigError for a folder that cannot be read, and a file that is no route
 */
export const restFolderOf = ({ rest }: GatewayConfig): RestFolder | undefined =>
  rest.documents === undefined ? undefined : readRestFolder(rest.documents);

/** To be planned before somebody asks; by file, as versions of the API may have a route each under one name. */
export const operationsOf = (folder: RestFolder | undefined): KnownOperation[] =>
  folder?.routes.map(({ file, text }) => ({ name: `rest/${file}`, text })) ?? [];

/** As documents of an application. */
export const namedRoutes = (folder: RestFolder | undefined): { app: string; name: string }[] =>
  folder?.routes.map(({ name }) => ({ app: 'rest', name })) ?? [];
