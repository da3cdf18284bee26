import { Kind } from 'graphql';
import { isMachinery } from '../is-machinery.ts';
import { namedTypeOf } from '../named-type-of.ts';
import type { Rule } from '../rule.ts';

export const idTypes: Rule<'exempt'> = {
  name: 'id-types',
  severity: 'error',
  summary: 'A field called id is ID!; what ends in Id or Ids is of type ID, in inputs too.',
  options: {
    /** Names that end so and are no ids of this graph's. */
    exempt: ['clientMutationId'],
  },
  *check({ subgraph, options: { exempt } }) {
    for (const element of subgraph.elements) {
      if (element.kind === 'type' || element.kind === 'enumValue') continue;
      const { kind, name, type, coordinate, parent } = element;
      if (!(name === 'id' || name === 'ids' || /Ids?$/.test(name))) continue;
      if (exempt.includes(name) || isMachinery(parent.name)) continue;
      const named = namedTypeOf(type);
      const idCanBeNull = kind === 'field' && name === 'id' && type.kind !== Kind.NON_NULL_TYPE;
      if (named !== 'ID')
        yield { element, at: type, message: `${coordinate} is an id of type ${named}.`, hint: 'Let its type be ID.' };
      else if (idCanBeNull)
        yield { element, at: type, message: `${coordinate} can be null.`, hint: 'Let its type be ID!.' };
    }
  },
};
