import { directiveOf } from '../directive-of.ts';
import type { Element, LintSubgraph, LintType } from '../lint-subgraph.ts';
import { removeDirective } from '../remove-directive.ts';
import type { Rule, RuleContext } from '../rule.ts';

export const needlessShareable: Rule<'exempt'> = {
  name: 'needless-shareable',
  severity: 'warning',
  summary: 'What is @shareable is in several subgraphs.',
  options: {
    /** Names of types that subgraphs which are yet to come share. */
    exempt: [],
  },
  *check(context) {
    const { exempt } = context.options;
    for (const element of context.subgraph.elements) {
      const shareable = directiveOf(element.node, 'shareable');
      if (shareable === undefined || isElsewhere(element, context)) continue;
      if (exempt.includes(element.kind === 'field' ? element.parent.name : element.name)) continue;
      const message = `${element.coordinate} is @shareable, and no other subgraph has it.`;
      const hint = 'Take @shareable away: should another subgraph define it by mistake, composition then says so.';
      const fix = removeDirective(shareable);
      yield { element, at: shareable, message, hint, ...(fix === undefined ? {} : { fix }) };
    }
  },
};

/** Whether another subgraph has the field, or one of those that the definition of a type holds. */
function isElsewhere(element: Element, { subgraph, subgraphs }: RuleContext<'exempt'>): boolean {
  const { kind, node } = element;
  if (kind !== 'type' && kind !== 'field') return true;
  const type = kind === 'field' ? element.parent.name : element.name;
  const fields =
    kind === 'type' && 'fields' in node ? (node.fields ?? []).map(({ name }) => name.value) : [element.name];
  const others = subgraphs.filter((other) => other !== subgraph);
  const sharing = others.flatMap((other) => [...other.types.values()].filter((each) => shares(each, type, subgraph)));
  return sharing.some((each) => fields.some((field) => each.fields.has(field)));
}

/** Whether a type of another subgraph is the same one, or an `@interfaceObject` gives its fields to the other of them. */
function shares(other: LintType, type: string, { types }: LintSubgraph): boolean {
  const here = types.get(type);
  return (
    other.name === type ||
    (isInterfaceObject(other) && here?.interfaces.has(other.name) === true) ||
    // What is an object here and an interface there is an @interfaceObject here.
    other.interfaces.has(type)
  );
}

const isInterfaceObject = ({ declarations }: LintType): boolean =>
  declarations.some(({ node }) => directiveOf(node, 'interfaceObject') !== undefined);
