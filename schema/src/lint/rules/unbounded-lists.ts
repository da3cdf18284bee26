import { type FieldDefinitionNode, Kind, type TypeNode } from 'graphql';
import { directiveOf } from '../directive-of.ts';
import { isMachinery } from '../is-machinery.ts';
import { namedTypeOf } from '../named-type-of.ts';
import type { Rule } from '../rule.ts';

export const unboundedLists: Rule<'arguments' | 'pages' | 'exempt'> = {
  name: 'unbounded-lists',
  severity: 'warning',
  summary: 'A list of objects can be asked for in parts, or says with @listSize how long it gets.',
  options: {
    /** Arguments that say how many are wanted. */
    arguments: ['first', 'last', 'limit'],
    /** Ends of the names of types that hold one part of a list. */
    pages: ['Connection', 'Page'],
    /** Names of fields whose lists stay short: a mutation's refusals. */
    exempt: ['errors'],
  },
  *check({ subgraph, subgraphs, options }) {
    const isComposite = (name: string) =>
      subgraphs.some(({ types }) => ['object', 'interface', 'union'].includes(types.get(name)?.kind ?? ''));
    const isBounded = (node: FieldDefinitionNode) =>
      directiveOf(node, 'listSize') !== undefined ||
      (node.arguments ?? []).some(({ name }) => options.arguments.includes(name.value));
    for (const element of subgraph.elements) {
      if (element.kind !== 'field' || element.external || !isList(element.type)) continue;
      const { node, name, coordinate, parent, type } = element;
      if (isBounded(node) || !isComposite(namedTypeOf(type)) || options.exempt.includes(name)) continue;
      if (isMachinery(name) || options.pages.some((suffix) => parent.name.endsWith(suffix))) continue;
      const message = `${coordinate} is a list of ${namedTypeOf(type)} of any length.`;
      const hint =
        'Give it an argument first and make it a connection; where it is short for good, say so with @listSize.';
      yield { element, at: type, message, hint };
    }
  },
};

const isList = (type: TypeNode): boolean =>
  type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type));
