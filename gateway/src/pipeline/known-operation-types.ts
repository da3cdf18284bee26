import { type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';

/**
 * A schema without mutations, or without subscriptions, has none that could be executed (GraphQL, "Operation Type
 * Existence"). graphql-js has the rule from version 17 on, with this message; before, it says so only as it executes one.
 */
export const knownOperationTypes = (context: ValidationContext): ASTVisitor => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation) != null) return;
    context.reportError(
      new GraphQLError(`The ${node.operation} operation is not supported by the schema.`, { nodes: node }),
    );
  },
});
