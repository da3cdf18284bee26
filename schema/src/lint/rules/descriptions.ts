import { hiddenCoordinates } from '../hidden-coordinates.ts';
import { isMachinery } from '../is-machinery.ts';
import type { Element, LintSubgraph, LintType } from '../lint-subgraph.ts';
import { namedTypeOf } from '../named-type-of.ts';
import type { Rule, RuleContext } from '../rule.ts';

type Option = 'exempt' | 'exemptTypes' | 'exemptOfMutations';

export const descriptions: Rule<Option> = {
  name: 'descriptions',
  severity: 'warning',
  summary: 'Types, fields and enum values that clients see have a description, in one subgraph at least.',
  options: {
    /** Names of fields that say all there is, outside of the root types. */
    exempt: ['id'],
    /** Ends of the names of types that the specification of connections describes. */
    exemptTypes: ['Connection', 'Edge'],
    /** `AddUserInput` is described with the mutation `addUser`. */
    exemptOfMutations: ['Input', 'Payload', 'Error'],
  },
  *check(context) {
    const { subgraph, subgraphs } = context;
    const described = describedCoordinates(subgraphs);
    const hidden = hiddenCoordinates(subgraphs);
    const definitions = firstDefinitions(subgraphs);
    for (const element of subgraph.elements) {
      const { kind, coordinate } = element;
      if (kind === 'argument' || kind === 'inputField' || described.has(coordinate)) continue;
      // Said once, where the element belongs to; what is only mentioned belongs elsewhere.
      if (definitions.get(coordinate) !== element) continue;
      if (hidden.has(coordinate) || (kind !== 'type' && hidden.has(element.parent.coordinate))) continue;
      if (isExempt(element, context, described)) continue;
      const message = `${coordinate} has no description.`;
      yield { element, message, hint: 'Say in a sentence what it is, for those who have only the schema.' };
    }
  },
};

const describedCoordinates = (subgraphs: readonly LintSubgraph[]): Set<string> =>
  new Set(
    subgraphs
      .flatMap(({ elements }) => elements)
      .filter(({ node }) => 'description' in node && (node.description?.value ?? '').trim() !== '')
      .map(({ coordinate }) => coordinate),
  );

/** Each coordinate as the first subgraph defines it that has more of it than a stub. */
function firstDefinitions(subgraphs: readonly LintSubgraph[]): Map<string, Element> {
  const definitions = new Map<string, Element>();
  for (const { elements, types } of subgraphs) {
    for (const element of elements) {
      const type = types.get(element.kind === 'type' ? element.name : element.parent.name);
      if (type === undefined || isStub(type) || (element.kind === 'field' && element.external)) continue;
      if (!definitions.has(element.coordinate)) definitions.set(element.coordinate, element);
    }
  }
  return definitions;
}

const isStub = ({ keys }: LintType) => keys.length > 0 && keys.every(({ resolvable }) => !resolvable);

function isExempt(element: Element, context: RuleContext<Option>, described: ReadonlySet<string>): boolean {
  const { subgraph, options } = context;
  if (element.kind === 'type') {
    const { name } = element;
    const isRoot = Object.values(subgraph.roots).includes(name);
    return isRoot || isMachinery(name) || hasEnd(name, options.exemptTypes) || isOfMutation(name, context, described);
  }
  const type = element.parent.name;
  if (isMachinery(type) || isMachinery(element.name)) return true;
  if (element.kind !== 'field' || Object.values(subgraph.roots).includes(type)) return false;
  const interfaces = subgraph.types.get(type)?.interfaces ?? new Set<string>();
  return (
    options.exempt.includes(element.name) ||
    [...interfaces].some((each) => described.has(`${each}.${element.name}`)) ||
    // `AddUserPayload.user: User`
    (lowerFirst(namedTypeOf(element.type)) === element.name && isOfMutation(type, context, described))
  );
}

const hasEnd = (name: string, ends: readonly string[]) => ends.some((end) => name.endsWith(end));

/** Whether a type is named after a mutation that is described. */
function isOfMutation(
  type: string,
  { subgraphs, options }: RuleContext<Option>,
  described: ReadonlySet<string>,
): boolean {
  const suffix = options.exemptOfMutations.find((each) => type.endsWith(each));
  if (suffix === undefined) return false;
  const mutation = lowerFirst(type.slice(0, -suffix.length));
  return subgraphs.some(({ roots }) => described.has(`${roots.mutation}.${mutation}`));
}

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
