import { type CountVariables, coordinatesOf, variableUsage } from '@tributary/service-kit';
import {
  type DocumentNode,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  type OperationDefinitionNode,
  separateOperations,
} from 'graphql';
import type { Deprecation } from './deprecation.ts';

/** What one operation uses of what is deprecated. */
interface Used {
  /** Whatever its variables hold. */
  readonly inText: readonly Deprecation[];
  /** Undefined where its variables can hold nothing that is. */
  readonly inVariables: CountVariables | undefined;
}

/** A schema of a supergraph. */
interface DeprecatingView extends DeprecatingSupergraph {
  readonly schema: GraphQLSchema;
}

export interface DeprecatingSupergraph {
  readonly candidate: { readonly deprecations: ReadonlyMap<string, Deprecation> };
}

/** An operation that is valid by its view, with the variables that were sent. */
export interface AskedOperation {
  readonly view: DeprecatingView;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

const NOTHING: readonly Deprecation[] = [];

/** Finds out what operations use of what is deprecated: once for each operation, but for what is in variables. */
export class UsedDeprecations {
  readonly #known = new WeakMap<OperationDefinitionNode, Used>();

  of(asked: AskedOperation): readonly Deprecation[] {
    const { deprecations } = asked.view.candidate;
    if (deprecations.size === 0) return NOTHING;
    const used = this.#known.get(asked.operation) ?? this.#find(asked);
    if (used.inVariables === undefined) return used.inText;
    const held = new Set(used.inText);
    used.inVariables(asked.variables, (coordinate) => {
      const deprecation = deprecations.get(coordinate);
      if (deprecation !== undefined) held.add(deprecation);
    });
    return [...held];
  }

  #find({ view, document, operation }: AskedOperation): Used {
    const { deprecations } = view.candidate;
    const own = separateOperations(document)[operation.name?.value ?? ''] ?? document;
    const used = {
      inText: [...coordinatesOf(view.schema, own)].flatMap((coordinate) => deprecations.get(coordinate) ?? []),
      inVariables: mayBeInVariables(view.schema, deprecations) ? variableUsage(view.schema, operation) : undefined,
    };
    this.#known.set(operation, used);
    return used;
  }
}

/** Most schemas deprecate fields and arguments alone: their variables are not looked into. */
const mayBeInVariables = (schema: GraphQLSchema, deprecations: ReadonlyMap<string, Deprecation>): boolean =>
  [...deprecations.keys()].some((coordinate) => {
    const type = schema.getType(coordinate.split('.', 1)[0] as string);
    return isEnumType(type) || isInputObjectType(type);
  });
