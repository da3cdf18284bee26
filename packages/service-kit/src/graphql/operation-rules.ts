import { type ASTVisitor, GraphQLError, specifiedRules, type ValidationContext, type ValidationRule } from 'graphql';

/**
 * A schema without mutations, or without subscriptions, has none that could be executed (GraphQL, "Operation Type
 * Existence"). graphql-js has the rule from version 17 on, with this message; before, it says so only as it executes one.
 */
const knownOperationTypes = (context: ValidationContext): ASTVisitor => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation) != null) return;
    context.reportError(
      new GraphQLError(`The ${node.operation} operation is not supported by the schema.`, { nodes: node }),
    );
  },
});

/** By which a document is valid, wherever one is validated: all rules of the specification. For `validate` of graphql. */
export const operationRules: readonly ValidationRule[] = [...specifiedRules, knownOperationTypes];
