import {
  type ASTVisitor,
  type DirectiveNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** Nothing of a subscription is deferred or streamed, unless a variable may say that it is not. As graphql-js 17 has it. */
export function DeferStreamDirectiveOnValidOperationsRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition({ operation, selectionSet }) {
      if (operation !== OperationTypeNode.SUBSCRIPTION) return;
      const fragments = new Map<string, FragmentDefinitionNode>();
      for (const node of context.getDocument().definitions) {
        if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
      }
      refuse(context, fragments, selectionSet, new Set());
    },
  };
}

function refuse(
  context: ValidationContext,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  { selections }: SelectionSetNode,
  visited: Set<string>,
): void {
  for (const selection of selections) {
    if (mayBeLeftOut(selection)) continue;
    for (const directive of selection.directives ?? []) {
      const name = directive.name.value;
      if ((name !== 'defer' && name !== 'stream') || mayBeOff(directive)) continue;
      const what = name === 'defer' ? 'Defer' : 'Stream';
      const message = `${what} directive not supported on subscription operations. Disable \`@${name}\` by setting the \`if\` argument to \`false\`.`;
      context.reportError(new GraphQLError(message, { nodes: directive }));
    }
    if (selection.kind !== Kind.FRAGMENT_SPREAD) {
      if (selection.selectionSet !== undefined) refuse(context, fragments, selection.selectionSet, visited);
      continue;
    }
    const fragment = fragments.get(selection.name.value);
    if (fragment === undefined || visited.has(selection.name.value)) continue;
    visited.add(selection.name.value);
    refuse(context, fragments, fragment.selectionSet, visited);
  }
}

const conditionOf = ({ arguments: given }: DirectiveNode) =>
  given?.find((argument) => argument.name.value === 'if')?.value;

function mayBeOff(directive: DirectiveNode): boolean {
  const condition = conditionOf(directive);
  return condition?.kind === Kind.VARIABLE || (condition?.kind === Kind.BOOLEAN && !condition.value);
}

function mayBeLeftOut({ directives = [] }: SelectionNode): boolean {
  return directives.some((directive) => {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') return false;
    const condition = conditionOf(directive);
    if (condition?.kind === Kind.VARIABLE) return true;
    return condition?.kind === Kind.BOOLEAN && condition.value === (name === 'skip');
  });
}
