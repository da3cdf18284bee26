import {
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
} from 'graphql';
import { directiveOf } from './directive-of.ts';
import type { Element, FieldElement, InputElement, TypeElement } from './lint-subgraph.ts';

/** Every type of a document, each definition and extension for itself, with what is in it. */
export const elementsOf = (document: DocumentNode): Element[] =>
  document.definitions
    .filter((node) => isTypeDefinitionNode(node) || isTypeExtensionNode(node))
    .flatMap((node) => {
      const name = node.name.value;
      const type: TypeElement = { kind: 'type', coordinate: name, name, node };
      return [type, ...membersOf(type)];
    });

function membersOf(parent: TypeElement): Element[] {
  const { node: type } = parent;
  switch (type.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.OBJECT_TYPE_EXTENSION:
    case Kind.INTERFACE_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_EXTENSION:
      return (type.fields ?? []).flatMap((node) => fieldElements(parent, node));
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
    case Kind.INPUT_OBJECT_TYPE_EXTENSION:
      return (type.fields ?? []).map((node) =>
        inputElement('inputField', `${parent.name}.${node.name.value}`, node, parent),
      );
    case Kind.ENUM_TYPE_DEFINITION:
    case Kind.ENUM_TYPE_EXTENSION:
      return (type.values ?? []).map((node) => {
        const name = node.name.value;
        return { kind: 'enumValue', coordinate: `${parent.name}.${name}`, name, node, parent };
      });
    default:
      return [];
  }
}

function fieldElements(parent: TypeElement, node: FieldDefinitionNode): Element[] {
  const name = node.name.value;
  const coordinate = `${parent.name}.${name}`;
  const external = [node, parent.node].some((each) => directiveOf(each, 'external') !== undefined);
  const field: FieldElement = { kind: 'field', coordinate, name, node, parent, type: node.type, external };
  const itsArguments = (node.arguments ?? []).map((argument) =>
    inputElement('argument', `${coordinate}(${argument.name.value}:)`, argument, field),
  );
  return [field, ...itsArguments];
}

const inputElement = (
  kind: InputElement['kind'],
  coordinate: string,
  node: InputValueDefinitionNode,
  parent: InputElement['parent'],
): InputElement => ({ kind, coordinate, name: node.name.value, node, parent, type: node.type });
