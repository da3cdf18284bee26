import { type ASTVisitor, GraphQLError, getNullableType, isListType, type ValidationContext } from 'graphql';

/** Only lists are streamed. As graphql-js 17 has it. */
export function StreamDirectiveOnListFieldRule(context: ValidationContext): ASTVisitor {
  return {
    Directive(node) {
      const field = context.getFieldDef();
      const parent = context.getParentType();
      if (field == null || parent == null || node.name.value !== 'stream') return;
      if (isListType(getNullableType(field.type))) return;
      const message = `Stream directive cannot be used on non-list field "${field.name}" on type "${parent.name}".`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}
