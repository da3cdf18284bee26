import { type FieldDefinitionNode, print } from 'graphql';
import { resolvedBy } from '../resolved-by.ts';
import type { Rule } from '../rule.ts';

export const sharedFieldTypes: Rule<never> = {
  name: 'shared-field-types',
  severity: 'warning',
  summary: 'A field that several subgraphs resolve has the same type and arguments in each.',
  options: {},
  *check({ subgraph, subgraphs }) {
    for (const element of subgraph.elements) {
      if (element.kind !== 'field' || subgraph.types.get(element.parent.name)?.kind !== 'object') continue;
      const resolvers = resolvedBy(subgraphs, element.parent.name, element.name);
      const [first] = resolvers;
      if (first === undefined || first.subgraph === subgraph) continue;
      if (!resolvers.some((each) => each.subgraph === subgraph)) continue;
      const [here, there] = [signatureOf(element.node), signatureOf(first.field.node)];
      if (here === there) continue;
      const message = `${element.coordinate} is ${here} here and ${there} in ${first.subgraph.name}.`;
      yield { element, at: element.type, message, hint: 'Give it one type, and the same arguments, in all of them.' };
    }
  },
};

/** `(first: Int = 20): [User!]`, the arguments in alphabetical order. */
function signatureOf({ arguments: taken = [], type }: FieldDefinitionNode): string {
  const each = taken.map(({ name, type, defaultValue }) => {
    const value = defaultValue === undefined ? '' : ` = ${print(defaultValue)}`;
    return `${name.value}: ${print(type)}${value}`;
  });
  return each.length === 0 ? print(type) : `(${each.sort().join(', ')}): ${print(type)}`;
}
