import { Kind, type TypeNode } from 'graphql';
import { directiveOf } from '../directive-of.ts';
import { fieldSetOf } from '../field-set.ts';
import { fieldsSelected } from '../fields-used.ts';
import type { FieldElement } from '../lint-subgraph.ts';
import { namedTypeOf } from '../named-type-of.ts';
import { resolvedBy } from '../resolved-by.ts';
import type { Rule, RuleContext } from '../rule.ts';

export const nullableFetches: Rule<never> = {
  name: 'nullable-fetches',
  severity: 'warning',
  summary: 'A field that another subgraph has a part in can be null: else its parent is null when that one is down.',
  options: {},
  *check(context) {
    for (const element of context.subgraph.elements) {
      if (element.kind !== 'field' || element.external || element.type.kind !== Kind.NON_NULL_TYPE) continue;
      const { name, parent } = element;
      const hint = `Let ${name} be null.`;
      if (directiveOf(element.node, 'requires') !== undefined) {
        const message = `${name} requires what another subgraph resolves: while that cannot be reached, ${parent.name} is null as a whole.`;
        yield { element, at: element.type, message, hint };
        continue;
      }
      const fetched = isNonNullThroughout(element.type) && fieldFetchedElsewhere(element, context);
      if (!fetched) continue;
      const message = `${fetched.coordinate} comes from ${fetched.from} and is not null: while ${fetched.from} cannot be reached, who asks for it gets neither ${name} nor ${parent.name}.`;
      yield { element, at: element.type, message, hint };
    }
  },
};

/** Whether a null in the innermost place leaves the whole field null, which it must not be. */
const isNonNullThroughout = (type: TypeNode): boolean =>
  type.kind === Kind.NON_NULL_TYPE && (type.type.kind === Kind.NAMED_TYPE || isNonNullThroughout(type.type.type));

/** The first field of the element's entity that only another subgraph resolves and that is never null there. */
function fieldFetchedElsewhere(element: FieldElement, { subgraph, subgraphs }: RuleContext) {
  const name = namedTypeOf(element.type);
  const entity = subgraph.types.get(name);
  if (entity?.kind !== 'object' || entity.keys.length === 0) return undefined;
  const provides = directiveOf(element.node, 'provides');
  const provided = provides && fieldSetOf(provides);
  const here = provided === undefined ? new Set<string>() : fieldsSelected(subgraph, name, provided);
  for (const other of subgraphs) {
    for (const field of other.types.get(name)?.fields.values() ?? []) {
      if (field.type.kind !== Kind.NON_NULL_TYPE || here.has(field.coordinate)) continue;
      const resolvers = resolvedBy(subgraphs, name, field.name);
      if (!resolvers.some((each) => each.subgraph === other)) continue;
      if (resolvers.some((each) => each.subgraph === subgraph)) continue;
      // A key comes with every reference, whether the subgraph calls it external or not.
      if (entity.keys.some(({ selection }) => fieldsSelected(subgraph, name, selection).has(field.coordinate)))
        continue;
      return { coordinate: field.coordinate, from: other.name };
    }
  }
  return undefined;
}
