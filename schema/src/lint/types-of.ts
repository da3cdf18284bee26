import { argumentOf } from '@tributary/service-kit/sdl';
import { Kind, type TypeDefinitionNode, type TypeExtensionNode } from 'graphql';
import { directivesOf } from './directive-of.ts';
import { fieldSetOf, printFieldSet } from './field-set.ts';
import type { Element, Key, LintType, TypeElement } from './lint-subgraph.ts';

const KINDS: Readonly<Record<(TypeDefinitionNode | TypeExtensionNode)['kind'], LintType['kind']>> = {
  [Kind.SCALAR_TYPE_DEFINITION]: 'scalar',
  [Kind.SCALAR_TYPE_EXTENSION]: 'scalar',
  [Kind.OBJECT_TYPE_DEFINITION]: 'object',
  [Kind.OBJECT_TYPE_EXTENSION]: 'object',
  [Kind.INTERFACE_TYPE_DEFINITION]: 'interface',
  [Kind.INTERFACE_TYPE_EXTENSION]: 'interface',
  [Kind.UNION_TYPE_DEFINITION]: 'union',
  [Kind.UNION_TYPE_EXTENSION]: 'union',
  [Kind.ENUM_TYPE_DEFINITION]: 'enum',
  [Kind.ENUM_TYPE_EXTENSION]: 'enum',
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]: 'input',
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: 'input',
};

/** The types that elements belong to, by name. */
export function typesOf(elements: readonly Element[]): Map<string, LintType> {
  const declarations = Map.groupBy(
    elements.filter((element) => element.kind === 'type'),
    ({ name }) => name,
  );
  const fields = Map.groupBy(
    elements.filter((element) => element.kind === 'field'),
    ({ parent }) => parent.name,
  );
  const types = [...declarations].map(([name, all]): [string, LintType] => {
    const [first, ...others] = all as [TypeElement, ...TypeElement[]];
    const type = {
      name,
      kind: KINDS[first.node.kind],
      declarations: [first, ...others] as const,
      fields: new Map((fields.get(name) ?? []).map((field) => [field.name, field])),
      interfaces: new Set(all.flatMap(interfacesOf)),
      keys: all.flatMap(keysOf),
    };
    return [name, type];
  });
  return new Map(types);
}

const interfacesOf = ({ node }: TypeElement): string[] =>
  'interfaces' in node ? (node.interfaces ?? []).map(({ name }) => name.value) : [];

const keysOf = (declaration: TypeElement): Key[] =>
  directivesOf(declaration.node, 'key').flatMap((directive) => {
    const selection = fieldSetOf(directive);
    const resolvable = argumentOf(directive, 'resolvable');
    if (selection === undefined) return [];
    return {
      directive,
      declaration,
      selection,
      text: printFieldSet(selection),
      resolvable: !(resolvable?.kind === Kind.BOOLEAN && !resolvable.value),
    };
  });
