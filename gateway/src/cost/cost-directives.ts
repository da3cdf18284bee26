import { argumentOf } from '@tributary/service-kit/sdl';
import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  type InputValueDefinitionNode,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { fieldSet } from '../supergraph/supergraph-types.ts';
import { costDirectiveNames } from './cost-directive-names.ts';

/** `@listSize`: how long the list of a field gets, or lists below it. */
export interface ListSize {
  readonly assumedSize: number | undefined;
  /** Paths into arguments, `first` or `input.page.first`: a number, or a list of which the length counts. */
  readonly slicingArguments: readonly (readonly string[])[];
  readonly sizedFields: SizedFields | undefined;
  readonly requireOneSlicingArgument: boolean;
}

/** Fields by name, below the one with `@listSize`. */
export type SizedFields = ReadonlyMap<string, SizedField>;

export interface SizedField {
  /** Whether it is one of the lists; otherwise it leads to them. */
  readonly isSized: boolean;
  readonly below: SizedFields;
}

/**
 * What a supergraph says of costs: `@cost` and `@listSize` of IBM's specification (https://ibm.github.io/graphql-specs/cost-spec.html) as
 * https://specs.apollo.dev/cost/v0.1 has them. Coordinates are the GraphQL specification's: `Type`, `Type.field`,
 * `Type.field(argument:)`.
 */
export interface CostDirectives {
  readonly weights: ReadonlyMap<string, number>;
  readonly listSizes: ReadonlyMap<string, ListSize>;
}

export function costDirectives(supergraph: DocumentNode): CostDirectives {
  const names = costDirectiveNames(supergraph);
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSize>();
  const weigh = (coordinate: string, directives: readonly ConstDirectiveNode[] | undefined) => {
    const directive = find(directives, names.cost);
    const weight = directive && numberOf(argumentOf(directive, 'weight'));
    if (weight !== undefined) weights.set(coordinate, weight);
  };
  const weighArguments = (coordinate: string, nodes: readonly InputValueDefinitionNode[] = []) => {
    for (const { name, directives } of nodes) weigh(`${coordinate}(${name.value}:)`, directives);
  };
  for (const node of supergraph.definitions) {
    switch (node.kind) {
      case Kind.SCALAR_TYPE_DEFINITION:
      case Kind.ENUM_TYPE_DEFINITION:
        weigh(node.name.value, node.directives);
        break;
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
        for (const { name, directives } of node.fields ?? []) weigh(`${node.name.value}.${name.value}`, directives);
        break;
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_DEFINITION:
        weigh(node.name.value, node.directives);
        for (const field of node.fields ?? []) {
          const coordinate = `${node.name.value}.${field.name.value}`;
          weigh(coordinate, field.directives);
          weighArguments(coordinate, field.arguments);
          const directive = find(field.directives, names.listSize);
          if (directive !== undefined) listSizes.set(coordinate, listSizeOf(directive));
        }
        break;
      default:
    }
  }
  return { weights, listSizes };
}

function listSizeOf(directive: ConstDirectiveNode): ListSize {
  const requireOne = argumentOf(directive, 'requireOneSlicingArgument');
  const sized = stringsOf(argumentOf(directive, 'sizedFields'));
  return {
    assumedSize: numberOf(argumentOf(directive, 'assumedSize')),
    slicingArguments: stringsOf(argumentOf(directive, 'slicingArguments')).map((path) => path.split('.')),
    sizedFields: sized.length === 0 ? undefined : sizedFieldsOf(sized),
    requireOneSlicingArgument: requireOne?.kind === Kind.BOOLEAN ? requireOne.value : true,
  };
}

interface MutableSizedField extends SizedField {
  isSized: boolean;
  readonly below: Map<string, MutableSizedField>;
}

/** Each a name, or a selection that leads to one: `results { page }`. */
function sizedFieldsOf(texts: readonly string[]): SizedFields {
  const fields = new Map<string, MutableSizedField>();
  const add = (into: Map<string, MutableSizedField>, { selections }: SelectionSetNode) => {
    for (const node of selections) {
      if (node.kind !== Kind.FIELD) continue;
      const field = into.get(node.name.value) ?? { isSized: false, below: new Map() };
      into.set(node.name.value, field);
      if (node.selectionSet === undefined) field.isSized = true;
      else add(field.below, node.selectionSet);
    }
  };
  for (const text of texts) {
    const set = parsed(text);
    if (set !== undefined) add(fields, set);
  }
  return fields;
}

/** What is no selection sizes nothing: composition does not check it, and the graph works without. */
function parsed(text: string): SelectionSetNode | undefined {
  try {
    return fieldSet(text);
  } catch {
    return undefined;
  }
}

const find = (directives: readonly ConstDirectiveNode[] | undefined, name: string) =>
  directives?.find((directive) => directive.name.value === name);

/** Apollo's weights are integers, IBM's are texts. */
function numberOf(value: ConstValueNode | undefined): number | undefined {
  if (value?.kind !== Kind.INT && value?.kind !== Kind.FLOAT && value?.kind !== Kind.STRING) return undefined;
  const number = value.value.trim() === '' ? Number.NaN : Number(value.value);
  return Number.isFinite(number) ? number : undefined;
}

function stringsOf(value: ConstValueNode | undefined): string[] {
  if (value?.kind === Kind.STRING) return [value.value];
  return value?.kind === Kind.LIST ? value.values.flatMap(stringsOf) : [];
}
