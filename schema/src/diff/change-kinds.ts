/**
 * - breaking: a document or a client that worked before may not work after
 * - dangerous: it goes on working, and may mean or cost something else
 * - safe: nobody can tell, or has to
 */
export type ChangeClass = 'breaking' | 'dangerous' | 'safe';

interface ChangeKind {
  class: ChangeClass;
  /**
   * `clients`: it matters where the API or a version line shows it, and is safe where only a subgraph or the supergraph
   * does. `graph`: it matters wherever it is.
   */
  matters: 'clients' | 'graph';
  /** What to do instead. */
  hint: string | undefined;
}

const DEPRECATE = 'Keep it, deprecated with a reason and @sunset, until nobody uses it.';
const ADD_BESIDE = 'Add a new field beside it, and deprecate this one.';
const OPTIONAL = 'Make it nullable, or give it a default.';

const forClients = (kind: ChangeClass, hint?: string): ChangeKind => ({
  class: kind,
  matters: 'clients',
  hint,
});
const forTheGraph = (kind: ChangeClass, hint?: string): ChangeKind => ({ ...forClients(kind, hint), matters: 'graph' });

/** Every kind of change that a comparison finds, and what it means. */
export const CHANGE_KINDS = {
  TYPE_REMOVED: forClients('breaking', DEPRECATE),
  TYPE_KIND_CHANGED: forClients('breaking', 'Add a type with another name, and fields that return it.'),
  ROOT_TYPE_REMOVED: forClients('breaking', 'Keep the root type; a field may say that it is gone.'),
  ROOT_TYPE_CHANGED: forClients('breaking', 'Keep the name: documents may name the root type in fragments.'),
  FIELD_REMOVED: forClients('breaking', DEPRECATE),
  FIELD_TYPE_CHANGED: forClients('breaking', ADD_BESIDE),
  FIELD_LIST_CHANGED: forClients('breaking', ADD_BESIDE),
  FIELD_NULLABLE: forClients('breaking', 'Keep it non-null; clients do not expect null there.'),
  INTERFACE_REMOVED: forClients('breaking', DEPRECATE),
  UNION_MEMBER_REMOVED: forClients('breaking', 'Keep the member until no document names it.'),
  ENUM_VALUE_REMOVED: forClients('breaking', DEPRECATE),
  ARGUMENT_REMOVED: forClients('breaking', 'Keep it, deprecated, and ignore what it says.'),
  ARGUMENT_REQUIRED_ADDED: forClients('breaking', OPTIONAL),
  ARGUMENT_TYPE_CHANGED: forClients('breaking', 'Add a new argument beside it, and deprecate this one.'),
  ARGUMENT_LIST_CHANGED: forClients('breaking', 'Add a new argument beside it, and deprecate this one.'),
  ARGUMENT_NON_NULL: forClients('breaking', OPTIONAL),
  ARGUMENT_DEFAULT_REMOVED: forClients('breaking', 'Keep the default: clients that leave it out rely on it.'),
  INPUT_FIELD_REMOVED: forClients('breaking', 'Keep it, deprecated, and ignore what it says.'),
  INPUT_FIELD_REQUIRED_ADDED: forClients('breaking', OPTIONAL),
  INPUT_FIELD_TYPE_CHANGED: forClients('breaking', 'Add a new input field beside it, and deprecate this one.'),
  INPUT_FIELD_LIST_CHANGED: forClients('breaking', 'Add a new input field beside it, and deprecate this one.'),
  INPUT_FIELD_NON_NULL: forClients('breaking', OPTIONAL),
  INPUT_FIELD_DEFAULT_REMOVED: forClients('breaking', 'Keep the default: clients that leave it out rely on it.'),
  ONE_OF_ADDED: forClients('breaking', 'Add an input type with @oneOf beside it, and an argument that takes it.'),
  DIRECTIVE_REMOVED: forClients('breaking', 'Keep the definition until no document names it.'),
  DIRECTIVE_ARGUMENT_REMOVED: forClients('breaking', 'Keep the argument until no document gives it.'),
  DIRECTIVE_ARGUMENT_REQUIRED_ADDED: forClients('breaking', OPTIONAL),
  DIRECTIVE_ARGUMENT_TYPE_CHANGED: forClients('breaking', 'Add a new argument beside it.'),
  DIRECTIVE_LOCATION_REMOVED: forClients('breaking', 'Keep the location until no document has it there.'),
  DIRECTIVE_REPEATABLE_REMOVED: forClients('breaking', 'Keep it repeatable.'),

  ENUM_VALUE_ADDED: forClients('dangerous', 'Tell clients that read it: they may not know the value.'),
  UNION_MEMBER_ADDED: forClients('dangerous', 'Tell clients that read it: they may not know the type.'),
  INTERFACE_ADDED: forClients('dangerous', 'Tell clients that read the interface: they may not know the type.'),
  ARGUMENT_OPTIONAL_ADDED: forClients('dangerous'),
  INPUT_FIELD_OPTIONAL_ADDED: forClients('dangerous'),
  ARGUMENT_DEFAULT_CHANGED: forClients('dangerous', 'Clients that leave it out get something else now.'),
  INPUT_FIELD_DEFAULT_CHANGED: forClients('dangerous', 'Clients that leave it out say something else now.'),
  SPECIFIED_BY_CHANGED: forClients('dangerous', 'A scalar of another specification needs another name.'),
  DEPRECATION_REMOVED: forClients('dangerous', 'Clients may have begun to leave it.'),

  TYPE_ADDED: forClients('safe'),
  ROOT_TYPE_ADDED: forClients('safe'),
  FIELD_ADDED: forClients('safe'),
  FIELD_NON_NULL: forClients('safe'),
  ENUM_INPUT_VALUE_ADDED: forClients('safe'),
  ARGUMENT_NULLABLE: forClients('safe'),
  ARGUMENT_DEFAULT_ADDED: forClients('safe'),
  INPUT_FIELD_NULLABLE: forClients('safe'),
  INPUT_FIELD_DEFAULT_ADDED: forClients('safe'),
  ONE_OF_REMOVED: forClients('safe'),
  DIRECTIVE_ADDED: forClients('safe'),
  DIRECTIVE_ARGUMENT_ADDED: forClients('safe'),
  DIRECTIVE_ARGUMENT_NULLABLE: forClients('safe'),
  DIRECTIVE_LOCATION_ADDED: forClients('safe'),
  DIRECTIVE_REPEATABLE_ADDED: forClients('safe'),
  DESCRIPTION_CHANGED: forClients('safe'),
  DEPRECATION_ADDED: forClients('safe'),
  DEPRECATION_REASON_CHANGED: forClients('safe'),

  SUBGRAPH_REMOVED: forTheGraph('breaking', 'Move its fields to others with @override before it goes.'),
  KEY_REMOVED: forTheGraph('breaking', 'Keep a @key by which other subgraphs reach the type.'),
  KEY_NOT_RESOLVABLE: forTheGraph('breaking', 'Keep one @key resolvable: it is the only way in.'),
  SHAREABLE_REMOVED: forTheGraph('breaking', 'Keep @shareable while another subgraph resolves the field.'),
  INTERFACE_OBJECT_REMOVED: forTheGraph(
    'breaking',
    'Keep @interfaceObject while the interface is an entity elsewhere.',
  ),
  OVERRIDE_FROM_UNKNOWN: forTheGraph('breaking', 'Name a subgraph of this graph in @override(from:).'),
  INACCESSIBLE_ADDED: forTheGraph('breaking', DEPRECATE),
  AUTHORIZATION_ADDED: forTheGraph('breaking', 'Tell the clients that use it what they need before it is enforced.'),
  AUTHORIZATION_TIGHTENED: forTheGraph('breaking', 'Accept what was accepted before beside it, for a while.'),

  SUBGRAPH_URL_CHANGED: forTheGraph('dangerous'),
  KEY_CHANGED: forTheGraph('dangerous', 'Deploy the subgraph that takes both keys first.'),
  REQUIRES_CHANGED: forTheGraph('dangerous'),
  PROVIDES_CHANGED: forTheGraph('dangerous'),
  OVERRIDE_ADDED: forTheGraph('dangerous'),
  OVERRIDE_REMOVED: forTheGraph('dangerous'),
  OVERRIDE_LABEL_CHANGED: forTheGraph('dangerous'),
  OWNER_MOVED: forTheGraph('dangerous', 'Move it with @override(from:, label: "percent(n)"), step by step.'),
  INTERFACE_OBJECT_ADDED: forTheGraph('dangerous'),
  AUTHORIZATION_LOOSENED: forTheGraph('dangerous', 'See that everybody who may see it now is meant to.'),
  COST_CHANGED: forTheGraph('dangerous', 'Documents near the limit of cost may be refused now.'),
  LIST_SIZE_CHANGED: forTheGraph('dangerous', 'Documents near the limit of cost may be refused now.'),
  CONTEXT_CHANGED: forTheGraph('dangerous'),

  SUBGRAPH_ADDED: forTheGraph('safe'),
  KEY_ADDED: forTheGraph('safe'),
  KEY_RESOLVABLE: forTheGraph('safe'),
  SHAREABLE_ADDED: forTheGraph('safe'),
  INACCESSIBLE_REMOVED: forTheGraph('safe'),
  TAG_CHANGED: forTheGraph('safe'),
  APPLIED_DIRECTIVE_CHANGED: forTheGraph('safe'),
} satisfies Record<string, ChangeKind>;

export type ChangeCode = keyof typeof CHANGE_KINDS;
