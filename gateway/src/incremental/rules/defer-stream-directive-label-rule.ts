import { type ASTVisitor, type DirectiveNode, GraphQLError, Kind, type ValidationContext } from 'graphql';

/** Labels of `@defer` and `@stream` are literals, each once in a document. As graphql-js 17 has it. */
export function DeferStreamDirectiveLabelRule(context: ValidationContext): ASTVisitor {
  const known = new Map<string, DirectiveNode>();
  return {
    Directive(node) {
      const name = node.name.value;
      if (name !== 'defer' && name !== 'stream') return;
      const label = node.arguments?.find((argument) => argument.name.value === 'label')?.value;
      if (label === undefined) return;
      if (label.kind !== Kind.STRING) {
        const message = `Directive "${name}"'s label argument must be a static string.`;
        context.reportError(new GraphQLError(message, { nodes: node }));
        return;
      }
      const other = known.get(label.value);
      if (other === undefined) known.set(label.value, node);
      else {
        const message = 'Value for arguments "label" of defer and stream directives must be unique.';
        context.reportError(new GraphQLError(message, { nodes: [other, node] }));
      }
    },
  };
}
