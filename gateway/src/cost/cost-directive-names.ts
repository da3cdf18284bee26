import { argumentOf, textArgument } from '@tributary/service-kit/sdl';
import { type ConstValueNode, type DocumentNode, Kind } from 'graphql';

const SPECIFICATION = /^https:\/\/specs\.apollo\.dev\/cost\/v\d/;
const NAME = 'cost';

export interface CostDirectiveNames {
  readonly cost: string;
  readonly listSize: string;
}

/**
 * What a supergraph calls `@cost` and `@listSize` (https://specs.apollo.dev/link/v1.0): by the names that `@link(import:)`
 * gives them, or under the specification's, of which `@cost` is the one directive that is named after it. A graph that
 * links nothing means them by their own names.
 */
export function costDirectiveNames({ definitions }: DocumentNode): CostDirectiveNames {
  const links = definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION ? (node.directives ?? []) : [],
  );
  const link = links.find((directive) => SPECIFICATION.test(textArgument(directive, 'url') ?? ''));
  if (link === undefined) return { cost: 'cost', listSize: 'listSize' };
  const prefix = textArgument(link, 'as') ?? NAME;
  const imported = importsOf(argumentOf(link, 'import'));
  return {
    cost: imported.get('@cost') ?? prefix,
    listSize: imported.get('@listSize') ?? `${prefix}__listSize`,
  };
}

/** Each is a name, or an object with the name and another one for it. */
function importsOf(value: ConstValueNode | undefined): Map<string, string> {
  const imports = new Map<string, string>();
  for (const item of value?.kind === Kind.LIST ? value.values : []) {
    const fields = item.kind === Kind.OBJECT ? item.fields : [];
    const field = (name: string) => textOf(fields.find((one) => one.name.value === name)?.value);
    const name = textOf(item) ?? field('name');
    if (name !== undefined) imports.set(name, (field('as') ?? name).replace(/^@/, ''));
  }
  return imports;
}

const textOf = (value: ConstValueNode | undefined): string | undefined =>
  value?.kind === Kind.STRING ? value.value : undefined;
