import type { GraphQLField, GraphQLInterfaceType, GraphQLObjectType } from 'graphql';
import type { Change } from './change.ts';
import { compareDescriptions } from './compare-descriptions.ts';
import { compareArguments } from './compare-input-values.ts';
import { typeChanges } from './type-changes.ts';

type WithFields = GraphQLObjectType | GraphQLInterfaceType;
type Field = GraphQLField<unknown, unknown>;

export function* compareFields(was: WithFields, is: WithFields): Generator<Change> {
  const fields = is.getFields();
  for (const name of Object.keys(was.getFields())) {
    if (fields[name] !== undefined) continue;
    const coordinate = `${is.name}.${name}`;
    yield { code: 'FIELD_REMOVED', coordinate, message: `The field ${coordinate} is removed.`, uses: [coordinate] };
  }
  for (const [name, field] of Object.entries(fields)) {
    const coordinate = `${is.name}.${name}`;
    const old = was.getFields()[name];
    if (old === undefined) {
      yield { code: 'FIELD_ADDED', coordinate, message: `The field ${coordinate} is added.`, uses: [] };
      continue;
    }
    yield* compareDescriptions(coordinate, old, field);
    yield* compareFieldTypes(coordinate, old, field);
    yield* compareArguments(coordinate, old.args, field.args);
  }
}

function* compareFieldTypes(coordinate: string, { type: was }: Field, { type: is }: Field): Generator<Change> {
  const message = `The type of ${coordinate} is ${is}, and was ${was}.`;
  const changes = typeChanges(was, is);
  const uses = [coordinate];
  if (changes.has('name')) yield { code: 'FIELD_TYPE_CHANGED', coordinate, message, uses };
  else if (changes.has('list')) yield { code: 'FIELD_LIST_CHANGED', coordinate, message, uses };
  else if (changes.has('nullable')) yield { code: 'FIELD_NULLABLE', coordinate, message, uses };
  else if (changes.has('nonNull')) yield { code: 'FIELD_NON_NULL', coordinate, message, uses: [] };
}
