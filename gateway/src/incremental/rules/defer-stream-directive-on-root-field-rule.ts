import { type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';

/** Root fields of mutations and subscriptions are neither deferred nor streamed. As graphql-js 17 has it. */
export function DeferStreamDirectiveOnRootFieldRule(context: ValidationContext): ASTVisitor {
  return {
    Directive(node) {
      const name = node.name.value;
      if (name !== 'defer' && name !== 'stream') return;
      const schema = context.getSchema();
      const parent = context.getParentType();
      const kind =
        parent == null
          ? undefined
          : parent === schema.getMutationType()
            ? 'mutation'
            : parent === schema.getSubscriptionType()
              ? 'subscription'
              : undefined;
      if (kind === undefined) return;
      const message = `${name === 'defer' ? 'Defer' : 'Stream'} directive cannot be used on root ${kind} type "${parent}".`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}
