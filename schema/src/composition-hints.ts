const FIELD_SET =
  'Name fields that the type has in this subgraph; one that another subgraph resolves stands there as @external.';
const PLAIN_FIELD_SET = 'Leave the directives out of the field set: it names fields, and no more.';
const STRING_FIELD_SET = 'Write the field set as one string: fields: "id sku".';
const RENAME_ROOT = 'Give the type another name, or make it the root type in the schema definition.';
const SAME_DEFAULT = 'Give it the same default in every subgraph, or none in any.';
const SAME_EXTERNAL = 'Declare the @external field as the subgraph does that resolves it.';
const HIDE_BOTH = 'Mark with @inaccessible what refers to it too, or neither of them.';
const SAME_EXECUTABLE = 'Define the directive in the same way in every subgraph.';

/** What to do about an error of composition, or about a warning, by its code. */
export const COMPOSITION_HINTS: Readonly<Record<string, string>> = {
  // What one subgraph says by itself.
  INVALID_GRAPHQL: 'Correct it as the message says: every subgraph must be valid GraphQL by itself.',
  DIRECTIVE_DEFINITION_INVALID: 'Remove the definition, and import the directive with @link.',
  TYPE_DEFINITION_INVALID: 'Give your type another name: this one belongs to federation.',
  UNKNOWN_FEDERATION_LINK_VERSION: 'Link a version of federation that exists, such as v2.12.',
  UNKNOWN_LINK_VERSION: 'Link version v1.0 of link, or leave its own @link out.',
  INVALID_LINK_DIRECTIVE_USAGE:
    'Import what the linked specification has, each once, under a name that nothing else has.',
  INVALID_LINK_IDENTIFIER: 'End the URL of @link with a name and a version: https://example.com/name/v1.0.',
  LINK_IMPORT_NAME_MISMATCH: 'Import it under the same name in every subgraph.',
  ROOT_QUERY_USED: RENAME_ROOT,
  ROOT_MUTATION_USED: RENAME_ROOT,
  ROOT_SUBSCRIPTION_USED: RENAME_ROOT,
  NO_QUERIES: 'Give type Query a field in at least one subgraph.',
  EXTENSION_WITH_NO_BASE: 'Write type instead of extend type, or define the type in the subgraph that owns it.',

  // Field sets.
  KEY_INVALID_FIELDS: FIELD_SET,
  REQUIRES_INVALID_FIELDS: FIELD_SET,
  PROVIDES_INVALID_FIELDS: FIELD_SET,
  KEY_INVALID_FIELDS_TYPE: STRING_FIELD_SET,
  REQUIRES_INVALID_FIELDS_TYPE: STRING_FIELD_SET,
  PROVIDES_INVALID_FIELDS_TYPE: STRING_FIELD_SET,
  KEY_DIRECTIVE_IN_FIELDS_ARG: PLAIN_FIELD_SET,
  REQUIRES_DIRECTIVE_IN_FIELDS_ARG: PLAIN_FIELD_SET,
  PROVIDES_DIRECTIVE_IN_FIELDS_ARG: PLAIN_FIELD_SET,
  KEY_FIELDS_HAS_ARGS: 'Choose a field without arguments as the key.',
  PROVIDES_FIELDS_HAS_ARGS: 'Provide fields without arguments only.',
  KEY_FIELDS_SELECT_INVALID_TYPE: 'Choose a scalar or an object as the key; no list, no interface, no union.',
  REQUIRES_FIELDS_MISSING_EXTERNAL: 'Mark the field @external here, or take it out of @requires: this subgraph has it.',
  PROVIDES_FIELDS_MISSING_EXTERNAL: 'Mark the field @external here, or remove @provides: this subgraph has it.',
  KEY_UNSUPPORTED_ON_INTERFACE: 'Link federation v2.3 or later, or put @key on the types that implement the interface.',
  REQUIRES_UNSUPPORTED_ON_INTERFACE: 'Put @requires on the fields of the types that implement the interface.',
  PROVIDES_UNSUPPORTED_ON_INTERFACE: 'Put @provides on the fields of the types that implement the interface.',
  PROVIDES_ON_NON_OBJECT_FIELD: 'Remove @provides: only of an object are there fields to provide.',

  // @external.
  EXTERNAL_UNUSED: 'Remove the field, or name it in a @key, @requires or @provides.',
  EXTERNAL_MISSING_ON_BASE: 'Define the field without @external in the subgraph that resolves it.',
  EXTERNAL_ON_INTERFACE: 'Remove @external, and mark the fields of the types that implement the interface.',
  EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE:
    'Remove @external or the other directive: this subgraph resolves it or does not.',
  EXTERNAL_TYPE_MISMATCH: SAME_EXTERNAL,
  EXTERNAL_ARGUMENT_MISSING: SAME_EXTERNAL,
  EXTERNAL_ARGUMENT_TYPE_MISMATCH: SAME_EXTERNAL,
  EXTERNAL_ARGUMENT_DEFAULT_MISMATCH: SAME_EXTERNAL,
  TYPE_WITH_ONLY_UNUSED_EXTERNAL: 'Remove the type, or give it a field that this subgraph resolves.',
  MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL: 'Put the directive on the field in the subgraph that resolves it.',

  // What subgraphs say differently.
  INVALID_FIELD_SHARING: 'Mark the field @shareable in every subgraph that resolves it, or resolve it in one alone.',
  INVALID_SHAREABLE_USAGE: 'Put @shareable once, on an object type or on a field of one.',
  TYPE_KIND_MISMATCH: 'Make it the same kind of type in every subgraph, or give one of them another name.',
  FIELD_TYPE_MISMATCH: 'Give the field the same type in every subgraph.',
  FIELD_ARGUMENT_TYPE_MISMATCH: 'Give the argument the same type in every subgraph.',
  FIELD_ARGUMENT_DEFAULT_MISMATCH: SAME_DEFAULT,
  INPUT_FIELD_DEFAULT_MISMATCH: SAME_DEFAULT,
  REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH:
    'Add the argument in every subgraph that has the field, or make it nullable.',
  REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH:
    'Add the field in every subgraph that has the input type, or make it nullable.',
  EMPTY_MERGED_INPUT_TYPE: 'Define at least one field of the input type in every subgraph that has it.',
  EMPTY_MERGED_ENUM_TYPE: 'Define at least one value of the enum in every subgraph that has it.',
  ENUM_VALUE_MISMATCH: 'Define the same values in every subgraph, or use another enum for input than for output.',
  INTERFACE_FIELD_NO_IMPLEM:
    'Add the field to every type that implements the interface, in a subgraph that resolves it.',
  SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES:
    'Let every subgraph give the same types for the field, or resolve it in one alone.',
  SATISFIABILITY_ERROR:
    'Give the type a @key that both subgraphs resolve, or resolve the field, as @shareable, where the way comes from.',
  MAX_VALIDATION_SUBGRAPH_PATHS_EXCEEDED: 'Let fewer subgraphs share the same fields: there are too many ways to try.',

  // @override.
  OVERRIDE_FROM_SELF_ERROR: 'Name the subgraph that the field moves away from.',
  OVERRIDE_SOURCE_HAS_OVERRIDE: 'Keep @override in the subgraph that the field moves to, and remove the other.',
  OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE:
    'Remove the other directive from the field, in both subgraphs, before it moves.',
  OVERRIDE_ON_INTERFACE: 'Put @override on the fields of the types that implement the interface.',
  OVERRIDE_LABEL_INVALID: 'Write the label as percent(25), or as a name that begins with a letter.',

  // @interfaceObject, and keys of interfaces.
  INTERFACE_OBJECT_USAGE_ERROR:
    'Give the @interfaceObject type the @key of an interface that another subgraph defines, and define no implementation beside it.',
  INTERFACE_KEY_NOT_ON_IMPLEMENTATION: 'Give every type that implements the interface the same @key, resolvable.',
  INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE:
    'Define every implementation in the subgraph that has the interface with @key, or use @interfaceObject there.',

  // @inaccessible.
  REFERENCED_INACCESSIBLE: HIDE_BOTH,
  DEFAULT_VALUE_USES_INACCESSIBLE: 'Choose another default, or hide what has it too.',
  QUERY_ROOT_TYPE_INACCESSIBLE: 'Hide fields of the query type, not the type.',
  REQUIRED_INACCESSIBLE: 'Make it nullable, or give it a default: who cannot see it cannot give it.',
  IMPLEMENTED_BY_INACCESSIBLE: "Hide the interface's field too, or neither of them.",
  DISALLOWED_INACCESSIBLE: 'Remove @inaccessible: GraphQL or federation itself reads this.',
  ONLY_INACCESSIBLE_CHILDREN: 'Hide the type itself, or leave one of its members visible.',

  // @context and @fromContext.
  CONTEXT_NOT_SET: 'Set the context with @context on every type above, and use it in arguments of object fields only.',
  CONTEXT_INVALID_SELECTION: 'Select one field, of the type of the argument, for each type that sets the context.',
  NO_CONTEXT_IN_SELECTION: 'Begin the selection with the name of the context: "$name { field }".',
  CONTEXT_NO_RESOLVABLE_KEY: 'Give the type a @key that is resolvable.',
  CONTEXT_NAME_INVALID: 'Name the context with letters and digits alone.',
  CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS:
    'Use @fromContext in every subgraph that has the argument, or make it nullable in the others.',

  // Other directives.
  DIRECTIVE_COMPOSITION_ERROR:
    'Define the directive, link its specification, and import it under the same name everywhere.',
  COST_APPLIED_TO_INTERFACE_FIELD: 'Put @cost on the fields of the types that implement the interface.',
  LIST_SIZE_APPLIED_TO_NON_LIST: 'Put @listSize on a field that is a list, or whose sizedFields are lists.',
  LIST_SIZE_INVALID_ASSUMED_SIZE: 'Assume a size of 0 or more.',
  LIST_SIZE_INVALID_SLICING_ARGUMENT: 'Name arguments of the field that are Int or Int!.',
  LIST_SIZE_INVALID_SIZED_FIELD: "Name fields of the field's type that are lists.",
  AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE: 'Put it on the types that implement the interface, or on their fields.',
  MISSING_TRANSITIVE_AUTH_REQUIREMENTS: 'Ask of the field what is asked of the fields that it requires.',

  // Warnings: something gets lost, or is said twice and differently.
  INCONSISTENT_DEFAULT_VALUE_PRESENCE: SAME_DEFAULT,
  INCONSISTENT_INPUT_OBJECT_FIELD:
    'Add the field in every subgraph that has the input type; until then clients do not see it.',
  INCONSISTENT_ENUM_VALUE_FOR_INPUT_ENUM:
    'Add the value in every subgraph that has the enum; until then clients do not see it.',
  INCONSISTENT_ARGUMENT_PRESENCE:
    'Add the argument in every subgraph that has the field; until then clients do not see it.',
  INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE: SAME_EXECUTABLE,
  NO_EXECUTABLE_DIRECTIVE_INTERSECTION: SAME_EXECUTABLE,
  INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE: SAME_EXECUTABLE,
  INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS: SAME_EXECUTABLE,
  INCONSISTENT_DESCRIPTION: 'Describe it in the same words in every subgraph, or in one alone.',
  INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS: 'Give the directive the same arguments in every subgraph.',
  INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN: 'Let every subgraph give the same types for the field.',
  FROM_SUBGRAPH_DOES_NOT_EXIST:
    'Name a subgraph of this graph in @override(from:), or remove it when the field has moved.',
  DIRECTIVE_COMPOSITION_WARN: 'Import the directive under the same name in every subgraph.',
};
