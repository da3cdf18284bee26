import { argumentOf } from '@tributary/service-kit/sdl';
import { Kind } from 'graphql';
import { directiveOf } from '../directive-of.ts';
import type { Element, FieldElement } from '../lint-subgraph.ts';
import type { Problem, Rule, RuleContext } from '../rule.ts';

/** GraphQL specification, September 2025: "@deprecated", and IsValidImplementation in "Type System". */
export const invalidDeprecation: Rule<never> = {
  name: 'invalid-deprecation',
  severity: 'error',
  summary:
    'Deprecations are valid GraphQL: a reason that is not null, no required input, the interface deprecated too.',
  options: {},
  locked: true,
  *check(context) {
    for (const element of context.subgraph.elements) {
      const deprecated = directiveOf(element.node, 'deprecated');
      if (deprecated === undefined) continue;
      const problem = nullReason(element) ?? requiredInput(element) ?? undeprecatedInterface(element, context);
      if (problem !== undefined) yield { element, at: deprecated, ...problem };
    }
  },
};

type Found = Pick<Problem, 'message' | 'hint'> | undefined;

function nullReason({ node, coordinate }: Element): Found {
  const deprecated = directiveOf(node, 'deprecated');
  if (deprecated === undefined || argumentOf(deprecated, 'reason')?.kind !== Kind.NULL) return undefined;
  return { message: `The reason of ${coordinate}'s deprecation is null.`, hint: 'Say what to use instead, and why.' };
}

function requiredInput(element: Element): Found {
  if (element.kind !== 'argument' && element.kind !== 'inputField') return undefined;
  if (element.type.kind !== Kind.NON_NULL_TYPE || element.node.defaultValue !== undefined) return undefined;
  return {
    message: `${element.coordinate} is deprecated and required: nobody can stop giving it.`,
    hint: 'Give it a default, or let it be null.',
  };
}

function undeprecatedInterface(element: Element, { subgraphs }: RuleContext<never>): Found {
  if (element.kind !== 'field') return undefined;
  const type = element.parent.name;
  const interfaces = new Set(subgraphs.flatMap(({ types }) => [...(types.get(type)?.interfaces ?? [])]));
  for (const name of interfaces) {
    const fields = subgraphs.flatMap(({ types }) => types.get(name)?.fields.get(element.name) ?? []);
    if (fields.length === 0 || fields.some(isDeprecated)) continue;
    return {
      message: `${element.coordinate} is deprecated, and ${name}.${element.name}, which it implements, is not.`,
      hint: `Deprecate ${name}.${element.name} too, or neither of them.`,
    };
  }
  return undefined;
}

/** Composition deprecates a field for all when one subgraph does. */
const isDeprecated = ({ node }: FieldElement) => directiveOf(node, 'deprecated') !== undefined;
