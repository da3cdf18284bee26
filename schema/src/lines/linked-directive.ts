import { type ConstDirectiveNode, type ConstValueNode, type DocumentNode, Kind } from 'graphql';

/**
 * What a schema document calls a directive of a specification that it links with `@link`; undefined where it links no
 * version of that specification. See https://specs.apollo.dev/link/v1.0, "Name conventions".
 *
 * @param identity the specification's URL without its version
 */
export function linkedDirective(document: DocumentNode, identity: string, directive: string): string | undefined {
  const link = linksOf(document).find(({ url }) => url.replace(/\/v\d+\.\d+$/, '') === identity);
  if (link === undefined) return undefined;
  const imported = link.imports.find(({ name }) => name === `@${directive}`);
  if (imported !== undefined) return imported.as.slice(1);
  const namespace = link.as ?? identity.slice(identity.lastIndexOf('/') + 1);
  return identity.endsWith(`/${directive}`) ? namespace : `${namespace}__${directive}`;
}

/** A directive's argument; undefined for one that it does not have. */
export const argumentOf = (directive: ConstDirectiveNode, name: string): ConstValueNode | undefined =>
  directive.arguments?.find((argument) => argument.name.value === name)?.value;

/** A directive's argument that is a text. */
export function textArgument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = argumentOf(directive, name);
  return value?.kind === Kind.STRING ? value.value : undefined;
}

interface Link {
  url: string;
  as: string | undefined;
  imports: { name: string; as: string }[];
}

const linksOf = (document: DocumentNode): Link[] =>
  schemaDirectives(document, 'link').flatMap((directive) => {
    const url = textArgument(directive, 'url');
    if (url === undefined) return [];
    const list = argumentOf(directive, 'import');
    const imports = list?.kind === Kind.LIST ? list.values.flatMap(importOf) : [];
    return [{ url, as: textArgument(directive, 'as'), imports }];
  });

/** Of the schema definition and its extensions. */
export const schemaDirectives = (document: DocumentNode, name: string): ConstDirectiveNode[] =>
  document.definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION
      ? (node.directives ?? []).filter((directive) => directive.name.value === name)
      : [],
  );

/** `"@since"`, or `{ name: "@since", as: "@from" }`. */
function importOf(value: ConstValueNode): Link['imports'] {
  if (value.kind === Kind.STRING) return [{ name: value.value, as: value.value }];
  if (value.kind !== Kind.OBJECT) return [];
  const text = (key: string) => {
    const field = value.fields.find(({ name }) => name.value === key)?.value;
    return field?.kind === Kind.STRING ? field.value : undefined;
  };
  const name = text('name');
  return name === undefined ? [] : [{ name, as: text('as') ?? name }];
}
