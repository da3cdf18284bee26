import type { FieldNode, GraphQLOutputType } from 'graphql';
import type { Conjunction } from './conditions.ts';
import type { DeferGroup } from './defer-usage.ts';
import type { StreamUsage } from './stream-usage.ts';

/** One operation of a document in the form that plans are keyed by, and what leads back to the client's document. */
export interface NormalOperation {
  /**
   * The operation without fragments, aliases and literals of the client's: what is planned, and the key of its plan.
   * Empty when nothing is to be fetched.
   */
  readonly text: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /**
   * Values of variables: lifted literals by the names that `text` has for them, and defaults of the client's variables.
   * The operation is executed with `{ ...literals, ...variables }`, conditions included.
   */
  readonly literals: Readonly<Record<string, unknown>>;
  /** The client's variables that `text` has under another name: theirs by that. */
  readonly renamed: ReadonlyMap<string, string>;
  /** What the client asked for, and where the response has it. */
  readonly selection: NormalSelectionSet;
  /** Whether something of it may be delivered later than the rest. */
  readonly isDeferred: boolean;
}

export interface NormalSelectionSet {
  /** In the client's order. Several with one `responseKey` have `onTypes` that exclude each other. */
  readonly fields: readonly NormalField[];
  /**
   * For each of them, the places in the document where it is selected, in their order; a field stands at the first of
   * which the conditions hold. Undefined where `fields` is in order whatever holds.
   */
  readonly places: readonly (readonly NormalPlace[])[] | undefined;
}

export interface NormalPlace {
  readonly position: number;
  readonly conditions: Conjunction;
}

export interface NormalField {
  /** What the client calls it. */
  readonly responseKey: string;
  /** What `text` calls it, and so the response. */
  readonly planKey: string;
  /** The schema's name; also `__typename`, and at the root `__schema` and `__type`, which are not in `text`. */
  readonly name: string;
  /** The object types of which it is selected; undefined: all that can be there. `text` asks for `__typename` then. */
  readonly onTypes: ReadonlySet<string> | undefined;
  /** Selected when all conditions of one alternative hold; undefined: always. */
  readonly conditions: readonly Conjunction[] | undefined;
  /** Of the object types' own fields, which may be non-null where an interface's is not. */
  readonly type: GraphQLOutputType;
  /** The client's; for introspection with all that is selected under its key, fragments not written out. */
  readonly node: FieldNode;
  /** The caller may not see it: it is null whatever the response has under its key, and an error says so. */
  readonly isDenied?: boolean;
  /** Undefined for leaves, introspection and what is denied. */
  readonly selection: NormalSelectionSet | undefined;
  /** With what it is delivered; undefined: in the first payload. */
  readonly group?: DeferGroup;
  /** Those of `@defer` in `text` that it is in there; none where what is around it brings it. */
  readonly planLabels?: ReadonlySet<string>;
  /** A list that may be delivered in parts. `text` says nothing of it. */
  readonly stream?: StreamUsage;
}
