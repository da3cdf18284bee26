import { linkedNames } from '@tributary/service-kit/sdl';
import { type DocumentNode, visit } from 'graphql';

/**
 * The document with every directive under the name that its specification gives it: `@link` can import it under another
 * one, and what is not imported is called `@federation__key`. Locations stay. A document without `@link` stays as it is.
 */
export function canonicalDirectives(document: DocumentNode): { document: DocumentNode; directives: Set<string> } {
  const { canonical, imported } = linkedNames(document);
  const directives = new Set(imported);
  const renamed = visit(document, {
    Directive: (node) => ({ ...node, name: { ...node.name, value: canonical(node.name.value) } }),
    DirectiveDefinition: ({ name }) => void directives.add(canonical(name.value)),
  });
  return { document: renamed, directives };
}
