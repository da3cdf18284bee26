import { fileURLToPath } from 'node:url';
import { readSdlFolder } from '@tributary/service-kit/sdl';

/** The shop's subgraphs. Supergraphs that differ are composed of them, without knowing anything else of the shop. */
export const SUBGRAPHS = ['inventory', 'notifications', 'orders', 'payments', 'users'];
/** The subgraphs that own `Product.origin` and `Product.source` in turns. */
export const OWNERS = ['inventory', 'orders'];
/** The fields that only every fourth supergraph has, and that its owner has. */
const OWN_FIELDS = ['onlyA', 'onlyB', 'onlyC', 'onlyD'];

export const VARIANTS = OWN_FIELDS.length;
export const ownerOf = (number: number): string | undefined => OWNERS[number % OWNERS.length];
export const fieldOf = (number: number): string | undefined => OWN_FIELDS[number % VARIANTS];

export const schemaOf = (subgraph: string): string =>
  readSdlFolder(fileURLToPath(new URL(`../../../subgraphs/${subgraph}`, import.meta.url)))
    .map(({ text }) => text)
    .join('\n');

/** The subgraph's schema as the supergraph of that number has it. */
export const ofVariant = (sdl: string, subgraph: string, number: number): string =>
  subgraph === ownerOf(number) ? withFields(sdl, `origin: String! source: String! ${fieldOf(number)}: String`) : sdl;

/** The subgraph's schema with all that any supergraph asks of it. */
export const withOwnFields = (sdl: string, subgraph: string): string => {
  const own = OWN_FIELDS.filter((_, number) => ownerOf(number) === subgraph).map((name) => `${name}: String`);
  return withFields(sdl, `origin: String! source: String! ${own.join(' ')}`);
};

const withFields = (sdl: string, fields: string) =>
  sdl.replace(/^type Product @key\(fields: "id"\)[^{]*\{/m, (start) => `${start} ${fields}`);
