import { type ConstDirectiveNode, type DocumentNode, Kind, valueFromASTUntyped, visit } from 'graphql';
import { argumentOf } from './argument-of.ts';

interface Link {
  url?: unknown;
  as?: unknown;
  import?: unknown;
}

/**
 * The document with every directive under the name that its specification gives it: `@link` can import it under another
 * one, and what is not imported is called `@federation__key`. Locations stay. A document without `@link` stays as it is.
 */
export function canonicalDirectives(document: DocumentNode): { document: DocumentNode; directives: Set<string> } {
  const links = linksOf(document);
  const imported = new Map(links.flatMap(importsOf));
  const prefixes = links.map((link) => `${namespaceOf(link)}__`);
  const canonical = (name: string): string => {
    const prefix = prefixes.find((each) => name.startsWith(each)) ?? '';
    return imported.get(name) ?? name.slice(prefix.length);
  };
  const directives = new Set(imported.values());
  const renamed = visit(document, {
    Directive: (node) => ({ ...node, name: { ...node.name, value: canonical(node.name.value) } }),
    DirectiveDefinition: ({ name }) => void directives.add(canonical(name.value)),
  });
  return { document: renamed, directives };
}

const linksOf = (document: DocumentNode): Link[] =>
  document.definitions
    .filter(({ kind }) => kind === Kind.SCHEMA_DEFINITION || kind === Kind.SCHEMA_EXTENSION)
    .flatMap((schema) => ('directives' in schema ? (schema.directives ?? []) : []) as readonly ConstDirectiveNode[])
    .filter(({ name }) => name.value === 'link')
    .map((link) => {
      const given = (name: string) => {
        const value = argumentOf(link, name);
        return value && valueFromASTUntyped(value);
      };
      return { url: given('url'), as: given('as'), import: given('import') };
    });

/** `https://specs.apollo.dev/federation/v2.12` → `federation`. */
function namespaceOf({ url, as }: Link): string {
  return typeof as === 'string' ? as : (/([^/]+)\/v\d[^/]*\/?$/.exec(String(url))?.[1] ?? String(url));
}

/** Directives that are imported: their names here, and those of the specification. */
function importsOf({ import: imports }: Link): [string, string][] {
  if (!Array.isArray(imports)) return [];
  return imports.flatMap((entry: unknown): [string, string][] => {
    const { name, as = name } = (typeof entry === 'string' ? { name: entry } : (entry ?? {})) as Record<
      string,
      unknown
    >;
    if (typeof name !== 'string' || typeof as !== 'string' || !name.startsWith('@')) return [];
    return [[as.replace(/^@/, ''), name.slice(1)]];
  });
}
