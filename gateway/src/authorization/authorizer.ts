import type { Identity } from '@tributary/service-kit';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { type CollectedField, FieldCollector } from '../planner/collected-field.ts';
import { SchemaTypes } from '../planner/schema-types.ts';
import { Denial } from './denial.ts';
import { FieldRequirements } from './field-requirements.ts';
import { isMet, type Policies, type Requirement } from './requirement.ts';
import type { RequirementTable } from './requirement-table.ts';

/** Callers of one operation who may see different parts of it: more are told apart, but not remembered. */
const MAX_DENIALS = 64;

/** What is known of an operation. */
interface KnownOperation {
  /** That it has something to do with. */
  readonly requirements: readonly Requirement[];
  /** By the numbers of those that are not met. */
  readonly denials: Map<string, Denial>;
}

/** Says of the operations of one supergraph what a caller may not see of them. */
export class Authorizer {
  readonly #table: RequirementTable;
  readonly #types: SchemaTypes;
  readonly #requirements: FieldRequirements;
  readonly #policies: Policies;
  readonly #operations = new WeakMap<OperationDefinitionNode, KnownOperation>();
  readonly #unmet = new WeakMap<Identity, ReadonlySet<Requirement>>();

  /** @param schema As clients see it. */
  constructor(table: RequirementTable, schema: GraphQLSchema, policies: Policies) {
    this.#table = table;
    this.#types = SchemaTypes.of(schema);
    this.#requirements = new FieldRequirements(table, this.#types);
    this.#policies = policies;
  }

  /** Those that the supergraph names and the configuration does not. */
  get unknownPolicies(): readonly string[] {
    const named = this.#table.all
      .filter(({ directive }) => directive === 'policy')
      .flatMap(({ alternatives }) => alternatives.flat());
    return [...new Set(named)].filter((name) => !this.#policies.has(name));
  }

  /**
   * @param document Valid by the schema.
   * @returns undefined where all of it may be seen; the same object for all who may see the same of it
   * @throws PlanningError for a document that is too large when it is written out
   */
  denialOf(document: DocumentNode, operation: OperationDefinitionNode, identity: Identity): Denial | undefined {
    const known = this.#operations.get(operation) ?? this.#know(document, operation);
    if (known.requirements.length === 0) return undefined;
    const unmet = this.#unmetBy(identity);
    const denied = known.requirements.filter((requirement) => unmet.has(requirement));
    if (denied.length === 0) return undefined;
    const key = denied.map((requirement) => known.requirements.indexOf(requirement)).join();
    const before = known.denials.get(key);
    if (before !== undefined) return before;
    const denial = new Denial(this.#collect(document, operation), this.#requirements, new Set(denied));
    if (known.denials.size >= MAX_DENIALS) known.denials.clear();
    known.denials.set(key, denial);
    return denial;
  }

  #know(document: DocumentNode, operation: OperationDefinitionNode): KnownOperation {
    const found = new Set<Requirement>();
    const look = (fields: readonly CollectedField[]) => {
      for (const field of fields) {
        for (const one of this.#requirements.ofField(field)) found.add(one);
        for (const one of this.#requirements.ofObjects(field)) found.add(one);
        look(field.children ?? []);
      }
    };
    look(this.#collect(document, operation));
    const known = { requirements: [...found], denials: new Map() };
    this.#operations.set(operation, known);
    return known;
  }

  #collect(document: DocumentNode, operation: OperationDefinitionNode): CollectedField[] {
    const root = this.#types.schema.getRootType(operation.operation);
    if (root == null) throw new Error(`the schema has no ${operation.operation}`);
    return new FieldCollector(this.#types, document).collect(operation.selectionSet, root);
  }

  #unmetBy(identity: Identity): ReadonlySet<Requirement> {
    const known = this.#unmet.get(identity);
    if (known !== undefined) return known;
    const unmet = new Set(this.#table.all.filter((one) => !isMet(one, identity, this.#policies)));
    this.#unmet.set(identity, unmet);
    return unmet;
  }
}
