import { type ConstDirectiveNode, type ConstValueNode, type DocumentNode, Kind } from 'graphql';
import { argumentOf, textArgument } from './directive-arguments.ts';

// What a schema document calls things of specifications, as its `@link`s say: https://specs.apollo.dev/link/v1.0.

/**
 * What the document calls a directive of a specification; undefined where it links no version of that specification.
 *
 * @param identity the specification's URL without its version
 */
export function linkedDirective(document: DocumentNode, identity: string, directive: string): string | undefined {
  const link = linksOf(document).find((each) => each.identity === identity);
  if (link === undefined) return undefined;
  const imported = link.imports.find(({ name }) => name === directive);
  if (imported !== undefined) return imported.as;
  return identity.endsWith(`/${directive}`) ? link.namespace : `${link.namespace}__${directive}`;
}

export interface LinkedNames {
  /** The name that a specification gives to the directive that the document calls `name`: `key` for `federation__key`. */
  canonical(name: string): string;
  /** Whether the document has what it calls `name` of a specification. */
  isLinked(name: string): boolean;
  /** Directives that are imported, by their names in the specifications. */
  readonly imported: Iterable<string>;
}

/** A document without links, of Federation 1, has every name as it is. */
export function linkedNames(document: DocumentNode): LinkedNames {
  const links = linksOf(document);
  const imported = new Map(links.flatMap(({ imports }) => imports.map(({ name, as }) => [as, name])));
  const prefixes = links.map(({ namespace }) => `${namespace}__`);
  const prefixOf = (name: string) => prefixes.find((each) => name.startsWith(each));
  return {
    canonical: (name) => imported.get(name) ?? name.slice(prefixOf(name)?.length ?? 0),
    // A specification may have a directive of its own name: `@inaccessible`.
    isLinked: (name) => imported.has(name) || prefixes.includes(`${name}__`) || prefixOf(name) !== undefined,
    imported: imported.values(),
  };
}

/** Of the schema definition and its extensions. */
export const schemaDirectives = (document: DocumentNode, name: string): ConstDirectiveNode[] =>
  document.definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION
      ? (node.directives ?? []).filter((directive) => directive.name.value === name)
      : [],
  );

interface Link {
  /** The specification's URL without its version. */
  readonly identity: string;
  /** `federation`: before the names of what is not imported. */
  readonly namespace: string;
  /** Directives, without their `@`. */
  readonly imports: readonly { readonly name: string; readonly as: string }[];
}

const linksOf = (document: DocumentNode): Link[] =>
  schemaDirectives(document, 'link').flatMap((directive) => {
    const url = textArgument(directive, 'url');
    if (url === undefined) return [];
    const identity = url.replace(/\/v\d+\.\d+\/?$/, '');
    const namespace = textArgument(directive, 'as') ?? identity.slice(identity.lastIndexOf('/') + 1);
    const list = argumentOf(directive, 'import');
    return [{ identity, namespace, imports: list?.kind === Kind.LIST ? list.values.flatMap(importOf) : [] }];
  });

/** `"@since"`, or `{ name: "@since", as: "@from" }`. */
function importOf(value: ConstValueNode): Link['imports'] {
  const text = (key: string) => {
    const given = value.kind === Kind.OBJECT ? value.fields.find(({ name }) => name.value === key)?.value : value;
    return given?.kind === Kind.STRING ? given.value : undefined;
  };
  const [name, as = name] = [text('name'), text('as')];
  return name?.startsWith('@') && as !== undefined ? [{ name: name.slice(1), as: as.replace(/^@/, '') }] : [];
}
