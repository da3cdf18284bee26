import {
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getVariableValues,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';

/** What somebody sends who knows a name of the schema but for its last letter. */
export interface Misspelling {
  what: 'field' | 'argument' | 'enum value' | 'input field' | 'type' | 'variable' | 'type of a variable';
  /** The name that is meant, which nobody may be told. */
  right: string;
  query: string;
  variables?: Record<string, unknown>;
}

/** Each name of the schema, misspelt at one place of each kind where graphql-js would suggest the right one. */
export function misspellings(schema: GraphQLSchema): Misspelling[] {
  const found = new Map<string, Misspelling>();
  for (const each of everyName(schema)) {
    const key = `${each.what} ${each.right}`;
    if (found.has(key)) continue;
    if (suggestionsOf(schema, each).some((message) => names(message, each.right))) found.set(key, each);
  }
  return [...found.values()];
}

/** Whether a message says a name; in quotes, as it may be a word of the message's own too. */
export const names = (message: string, name: string): boolean => new RegExp(`["'\`]${name}\\b`).test(message);

const misspelt = (name: string) => `${name.slice(0, -1)}${name.endsWith('q') ? 'z' : 'q'}`;

function* everyName(schema: GraphQLSchema): Generator<Misspelling> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (/^(__|join__|link__|_)/.test(type.name)) continue;
    if (isCompositeType(type)) {
      yield { what: 'type', right: type.name, query: `{ ... on ${misspelt(type.name)} { __typename } }` };
    }
    if (isInputObjectType(type) || isEnumType(type)) {
      const query = `query ($x: ${misspelt(type.name)}) { __typename }`;
      yield { what: 'type of a variable', right: type.name, query };
    }
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.name.startsWith('_')) continue;
      yield { what: 'field', right: field.name, query: within(schema, type.name, misspelt(field.name)) };
      for (const argument of field.args) yield* ofArgument(schema, type.name, field, argument);
    }
  }
}

type Field = GraphQLField<unknown, unknown>;

function* ofArgument(schema: GraphQLSchema, type: string, field: Field, argument: GraphQLArgument) {
  const call = (written: readonly string[]) =>
    within(schema, type, `${field.name}(${written.join(', ')}) ${leaf(field)}`);
  const required = field.args.filter(isRequiredArgument);
  const good = required.map((each) => `${each.name}: ${literal(each.type)}`);
  const right = argument.name;
  yield { what: 'argument', right, query: call([...good, `${misspelt(right)}: 1`]) } as const;

  const others = required.filter((each) => each !== argument).map((each) => `${each.name}: ${literal(each.type)}`);
  const named = getNamedType(argument.type);
  for (const wrong of wrongNames(named)) {
    const query = call([...others, `${argument.name}: ${wrong.literal}`]);
    yield { what: wrong.what, right: wrong.right, query } as const;
    // With the value as a variable it is not validated, but coerced.
    const byVariable = call([...others, `${argument.name}: $x`]).replace(
      /^(query|mutation) /,
      `$1 ($x: ${argument.type}) `,
    );
    yield { what: 'variable', right: wrong.right, query: byVariable, variables: { x: wrong.value } } as const;
  }
}

/** Of an enum or an input, its names misspelt; of the fields of an input that are enums, these. */
function* wrongNames(type: GraphQLInputType): Generator<{
  what: 'enum value' | 'input field';
  right: string;
  literal: string;
  value: unknown;
}> {
  if (isEnumType(type)) {
    for (const { name } of type.getValues()) {
      yield { what: 'enum value', right: name, literal: misspelt(name), value: misspelt(name) };
    }
  }
  if (!isInputObjectType(type)) return;
  for (const { name, ...field } of Object.values(type.getFields())) {
    yield { what: 'input field', right: name, literal: `{ ${misspelt(name)}: 1 }`, value: { [misspelt(name)]: 1 } };
    const named = getNamedType(field.type);
    if (!isEnumType(named)) continue;
    for (const wrong of wrongNames(named)) {
      yield { ...wrong, literal: `{ ${name}: ${wrong.literal} }`, value: { [name]: wrong.value } };
    }
  }
}

/** A selection on a type: of an operation, or in a fragment that is spread where it does not fit. */
function within(schema: GraphQLSchema, type: string, selection: string): string {
  if (type === schema.getMutationType()?.name) return `mutation { ${selection} }`;
  return type === schema.getQueryType()?.name
    ? `query { ${selection} }`
    : `query { ...seen } fragment seen on ${type} { ${selection} }`;
}

const leaf = ({ type }: Field) => (isCompositeType(getNamedType(type)) ? '{ __typename }' : '');

/** Any good value. */
function literal(type: GraphQLInputType): string {
  const named = getNamedType(type);
  if (isEnumType(named)) return named.getValues()[0]?.name ?? '';
  if (!isInputObjectType(named)) return named.name === 'Int' ? '1' : '"x"';
  const required = Object.values(named.getFields()).filter(isRequiredInputField);
  return `{ ${required.map((field) => `${field.name}: ${literal(field.type)}`).join(', ')} }`;
}

/** What somebody is told to whom the schema is no secret. */
function suggestionsOf(schema: GraphQLSchema, { query, variables }: Misspelling): string[] {
  const document = parse(query);
  const errors = variables === undefined ? validate(schema, document) : coercionErrors(schema, document, variables);
  return errors.map(({ message }) => message).filter((message) => message.includes('Did you mean'));
}

function coercionErrors(schema: GraphQLSchema, document: DocumentNode, variables: Record<string, unknown>) {
  const operation = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  return getVariableValues(schema, operation?.variableDefinitions ?? [], variables).errors ?? [];
}
