import type { GatewayExecutionResult } from '@apollo/server-gateway-interface';
import { type DocumentNode, type FieldNode, GraphQLError, Kind, parse, visit } from 'graphql';
import { unusedName } from './lift-scalars.ts';

export interface RenamedAliases {
  document: DocumentNode;
  /** The client's alias, by the one that took its place. */
  aliases: ReadonlyMap<string, string>;
}

/**
 * The names under which the planner adds fields of its own to the client's selections: those of keys and of what
 * `@requires` names. It takes an alias of the same name (`id: name`) for its own field, so that the client gets the
 * wrong value, or a subgraph the wrong key.
 */
export function plannedNames(supergraphSdl: string): ReadonlySet<string> {
  const names = new Set(['__typename']);
  visit(parse(supergraphSdl), {
    Directive({ name, arguments: given = [] }) {
      if (!name.value.startsWith('join__')) return;
      for (const { name: argument, value } of given) {
        if (argument.value !== 'key' && argument.value !== 'requires') continue;
        if (value.kind === Kind.STRING) for (const field of value.value.match(/\w+/g) ?? []) names.add(field);
      }
    },
  });
  return names;
}

/** The document without aliases that are planned names. */
export function renameAliases(document: DocumentNode, planned: ReadonlySet<string>): RenamedAliases {
  const clashes = ({ alias, name }: FieldNode) =>
    alias !== undefined && alias.value !== name.value && planned.has(alias.value);
  const clashing = new Set<string>();
  const taken = new Set<string>();
  visit(document, {
    Field: (field) => {
      taken.add((field.alias ?? field.name).value);
      if (clashes(field)) clashing.add(field.alias?.value ?? '');
    },
  });
  if (clashing.size === 0) return { document, aliases: new Map() };
  const replacements = new Map([...clashing].map((alias) => [alias, unusedName(`aliased_${alias}`, taken)]));
  const renamed = visit(document, {
    Field(field) {
      const replacement = clashes(field) ? replacements.get(field.alias?.value ?? '') : undefined;
      return replacement === undefined ? undefined : { ...field, alias: { kind: Kind.NAME, value: replacement } };
    },
  });
  return { document: renamed, aliases: new Map([...replacements].map(([alias, replacement]) => [replacement, alias])) };
}

/** The result under the aliases that the client has chosen. */
export function withClientAliases(
  { data, errors }: GatewayExecutionResult,
  aliases: RenamedAliases['aliases'],
): GatewayExecutionResult {
  const clientName = <T>(step: T) => (typeof step === 'string' ? (aliases.get(step) ?? step) : step);
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [clientName(name), rename(inner)]));
  };
  return {
    ...(data === undefined ? {} : { data: rename(data) as typeof data }),
    ...(errors === undefined ? {} : { errors: errors.map((error) => withPath(error, error.path?.map(clientName))) }),
  };
}

const withPath = ({ message, extensions }: GraphQLError, path: readonly (string | number)[] | undefined) =>
  new GraphQLError(message, { path, extensions });
