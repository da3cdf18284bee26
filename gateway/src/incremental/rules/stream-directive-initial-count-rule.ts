import { type ASTVisitor, GraphQLError, Kind, type ValidationContext } from 'graphql';

/** Of a list, no fewer than no items are there at first. graphql-js 17 says so when it executes. */
export function StreamDirectiveInitialCountRule(context: ValidationContext): ASTVisitor {
  return {
    Directive(node) {
      if (node.name.value !== 'stream') return;
      const count = node.arguments?.find((argument) => argument.name.value === 'initialCount')?.value;
      if (count?.kind !== Kind.INT || !count.value.startsWith('-') || Number(count.value) === 0) return;
      const message = `Directive "stream"'s initialCount argument must be 0 or more.`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}
