import { type ArgumentNode, type DirectiveNode, type DocumentNode, Kind, type ValueNode } from 'graphql';

export interface LinkedNames {
  /** The name that a specification gives to what the document calls `name`: `key` for `federation__key`, say. */
  canonical(name: string): string;
  /** Whether the document has it of a specification. */
  isLinked(name: string): boolean;
}

/**
 * Reads `@link` (https://specs.apollo.dev/link/v1.0): `import`, also under another name, and `as`. A document without
 * links, of Federation 1, has every name as it is.
 */
export function linkedNames(document: DocumentNode): LinkedNames {
  const imported = new Map<string, string>();
  const prefixes: string[] = [];
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const directive of definition.directives ?? []) {
      if (directive.name.value !== 'link') continue;
      const url = textOf(argument(directive, 'url'));
      const prefix = textOf(argument(directive, 'as')) ?? url?.split('/').at(-2);
      if (prefix !== undefined) prefixes.push(`${prefix}__`);
      const list = argument(directive, 'import')?.value;
      if (list?.kind !== Kind.LIST) continue;
      for (const [own, name] of list.values.flatMap(importOf)) imported.set(own, name);
    }
  }
  const prefixOf = (name: string) => prefixes.find((each) => name.startsWith(each));
  return {
    canonical: (name) => imported.get(name) ?? name.slice(prefixOf(name)?.length ?? 0),
    // A specification may have a directive of its own name: `@inaccessible`.
    isLinked: (name) => imported.has(name) || prefixOf(`${name}__`) === `${name}__` || prefixOf(name) !== undefined,
  };
}

/** `"@key"`, or `{ name: "@key", as: "@k" }`: the name here, and that of the specification. */
function importOf(value: ValueNode): [string, string][] {
  if (value.kind === Kind.STRING && value.value.startsWith('@')) return [[value.value.slice(1), value.value.slice(1)]];
  if (value.kind !== Kind.OBJECT) return [];
  const [name, as] = ['name', 'as'].map((key) => {
    const field = value.fields.find((each) => each.name.value === key)?.value;
    return field?.kind === Kind.STRING ? field.value : undefined;
  });
  return name?.startsWith('@') ? [[(as ?? name).slice(1), name.slice(1)]] : [];
}

export const argument = (directive: DirectiveNode, name: string): ArgumentNode | undefined =>
  directive.arguments?.find((each) => each.name.value === name);

export const textOf = (node: ArgumentNode | undefined): string | undefined =>
  node?.value.kind === Kind.STRING ? node.value.value : undefined;
