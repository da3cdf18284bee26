import {
  type DocumentNode,
  type GraphQLEnumType,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLScalarType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
} from 'graphql';
import type { RestSettings } from '../rest-settings.ts';
import { type SelectedField, selectedFields } from '../selected-fields.ts';
import type { Components } from './components.ts';
import { type JsonSchema, orNull } from './json-schema.ts';

export interface TypeSchemasParts {
  schema: GraphQLSchema;
  settings: RestSettings;
  /** Until when a deprecated element stays, by its coordinate. */
  sunsets: ReadonlyMap<string, string | undefined>;
  components: Components;
}

/** What a type of an answer is the type of. */
interface Output {
  readonly document: DocumentNode;
  /** The operation's name. */
  readonly operation: string;
  readonly field: SelectedField;
  /** The field's. */
  readonly coordinate: string;
}

const BUILT_IN: Readonly<Record<string, JsonSchema>> = {
  Int: { type: 'integer', format: 'int32' },
  Float: { type: 'number', format: 'double' },
  Boolean: { type: 'boolean' },
  String: { type: 'string' },
  ID: { type: 'string' },
};

/** GraphQL types as JSON Schemas: of answers as far as they are selected, of input in full. */
export class TypeSchemas {
  readonly #parts: TypeSchemasParts;

  constructor(parts: TypeSchemasParts) {
    this.#parts = parts;
  }

  /** Of a field of an answer. */
  output(document: DocumentNode, operation: string, field: SelectedField): JsonSchema {
    const described = this.#element(`${field.parentType}.${field.name}`);
    const { coordinate } = described;
    return this.described(this.#outputType(field.type, { document, operation, field, coordinate }), described);
  }

  /** Of a variable, or of an input field. */
  input(type: GraphQLInputType, coordinate: string): JsonSchema {
    if (!isNonNullType(type)) return orNull(this.#inputValue(type, coordinate));
    return this.#inputValue(type.ofType, coordinate);
  }

  #outputType(type: GraphQLOutputType, of: Output): JsonSchema {
    if (isNonNullType(type)) return this.#outputValue(type.ofType, of);
    return orNull(this.#outputValue(type, of));
  }

  #outputValue(type: GraphQLOutputType, of: Output): JsonSchema {
    if (isListType(type)) return { type: 'array', items: this.#outputType(type.ofType, of) };
    if (isObjectType(type)) return this.#object(type.name, of);
    if (isAbstractType(type)) {
      const types = this.#parts.schema.getPossibleTypes(type);
      return { oneOf: types.map(({ name }) => this.#object(name, of)) };
    }
    if (isEnumType(type)) return this.#enum(type);
    return this.#scalar(type as GraphQLScalarType, of.coordinate);
  }

  #object(type: string, { document, operation, field }: Output): JsonSchema {
    const { schema, components } = this.#parts;
    const fields = selectedFields(schema, document, type, field.selectionSets);
    const properties = fields.map((one) => [one.key, this.output(document, operation, one)] as const);
    const required = fields.filter(({ isConditional }) => !isConditional).map(({ key }) => key);
    return components.add(type, operation, {
      type: 'object',
      ...descriptionOf(schema.getType(type)),
      properties: Object.fromEntries(properties),
      ...(required.length === 0 ? {} : { required }),
    });
  }

  #inputValue(type: GraphQLInputType, coordinate: string): JsonSchema {
    if (isListType(type)) return { type: 'array', items: this.input(type.ofType, coordinate) };
    if (isInputObjectType(type)) return this.#inputObject(type);
    if (isEnumType(type)) return this.#enum(type);
    return this.#scalar(type as GraphQLScalarType, coordinate);
  }

  #inputObject(type: GraphQLInputObjectType): JsonSchema {
    return this.#parts.components.once(type.name, () => {
      const fields = Object.values(type.getFields());
      const properties = fields.map((field) => {
        const described = this.#element(`${type.name}.${field.name}`, field);
        const value = this.described(this.input(field.type, described.coordinate), described);
        return [
          field.name,
          field.defaultValue === undefined ? value : { ...value, default: field.defaultValue },
        ] as const;
      });
      const required = fields.filter(isRequiredInputField).map(({ name }) => name);
      return {
        type: 'object',
        ...descriptionOf(type),
        properties: Object.fromEntries(properties),
        ...(required.length === 0 ? {} : { required }),
        // What is unknown is refused.
        additionalProperties: false,
      };
    });
  }

  #enum(type: GraphQLEnumType): JsonSchema {
    return this.#parts.components.once(type.name, () => {
      const values = type.getValues();
      const meanings = values
        .filter(({ description }) => description)
        .map((one) => `- \`${one.name}\`: ${one.description}`);
      const description = [type.description, meanings.join('\n')].filter(Boolean).join('\n\n');
      return {
        type: 'string',
        ...(description === '' ? {} : { description }),
        enum: values.map(({ name }) => name),
      };
    });
  }

  #scalar({ name }: GraphQLScalarType, coordinate: string): JsonSchema {
    const { formats, examples, ranges } = this.#parts.settings;
    const { minimum, maximum } = ranges[coordinate] ?? {};
    const format = formats[coordinate] ?? formats[name];
    const example = examples[coordinate] ?? examples[name];
    return {
      // A scalar of the graph is text, unless it says otherwise.
      ...(BUILT_IN[name] ?? { type: 'string' }),
      ...(format === undefined ? {} : { format }),
      ...(minimum === undefined ? {} : { minimum }),
      ...(maximum === undefined ? {} : { maximum }),
      ...(example === undefined ? {} : { examples: [example] }),
    };
  }

  #element(coordinate: string, given?: Described): Element {
    const [typeName = '', name = ''] = coordinate.split('.');
    const type = this.#parts.schema.getType(typeName);
    const field = given ?? (isObjectType(type) ? type.getFields()[name] : undefined);
    return { coordinate, description: field?.description, deprecationReason: field?.deprecationReason };
  }

  /** With what there is to say of an element. What stands beside a `$ref` counts in 3.1. */
  described<Target extends object>(
    target: Target,
    { coordinate, description, deprecationReason }: Element,
  ): Target & Pick<JsonSchema, 'description' | 'deprecated' | 'x-sunset'> {
    const sunset = this.#parts.sunsets.get(coordinate);
    const texts = [description, deprecationReason && `Deprecated: ${deprecationReason}`].filter(Boolean);
    return {
      ...target,
      ...(texts.length === 0 ? {} : { description: texts.join('\n\n') }),
      ...(deprecationReason ? { deprecated: true } : {}),
      ...(sunset === undefined ? {} : { 'x-sunset': sunset }),
    };
  }
}

interface Described {
  readonly description?: string | null | undefined;
  readonly deprecationReason?: string | null | undefined;
}

/** Of the schema. */
export interface Element extends Described {
  readonly coordinate: string;
}

const descriptionOf = (type: Described | undefined) => (type?.description ? { description: type.description } : {});
