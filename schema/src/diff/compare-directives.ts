import {
  type GraphQLArgument,
  type GraphQLDirective,
  type GraphQLSchema,
  isRequiredArgument,
  isSpecifiedDirective,
} from 'graphql';
import type { Change } from './change.ts';
import { compareDescriptions } from './compare-descriptions.ts';
import { typeChanges } from './type-changes.ts';

/** The directives that a schema defines, without those of the GraphQL specification. */
export function* compareDirectives(before: GraphQLSchema, after: GraphQLSchema): Generator<Change> {
  const [old, now] = [before, after].map((schema) => {
    const own = schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive));
    return new Map(own.map((directive) => [directive.name, directive]));
  }) as [Map<string, GraphQLDirective>, Map<string, GraphQLDirective>];
  for (const name of old.keys()) {
    if (now.has(name)) continue;
    const coordinate = `@${name}`;
    const message = `The directive ${coordinate} is removed.`;
    yield { code: 'DIRECTIVE_REMOVED', coordinate, message, uses: [coordinate] };
  }
  for (const [name, directive] of now) {
    const coordinate = `@${name}`;
    const was = old.get(name);
    if (was !== undefined) yield* compareDirective(coordinate, was, directive);
    else yield { code: 'DIRECTIVE_ADDED', coordinate, message: `The directive ${coordinate} is added.`, uses: [] };
  }
}

function* compareDirective(coordinate: string, was: GraphQLDirective, is: GraphQLDirective): Generator<Change> {
  const uses = [coordinate];
  yield* compareDescriptions(coordinate, was, is);
  if (was.isRepeatable && !is.isRepeatable) {
    const message = `${coordinate} may stand only once in a place now.`;
    yield { code: 'DIRECTIVE_REPEATABLE_REMOVED', coordinate, message, uses };
  } else if (!was.isRepeatable && is.isRepeatable) {
    const message = `${coordinate} may be repeated now.`;
    yield { code: 'DIRECTIVE_REPEATABLE_ADDED', coordinate, message, uses: [] };
  }
  for (const location of was.locations) {
    if (is.locations.includes(location)) continue;
    const message = `${coordinate} may no longer stand on ${location}.`;
    yield { code: 'DIRECTIVE_LOCATION_REMOVED', coordinate, detail: location, message, uses };
  }
  for (const location of is.locations) {
    if (was.locations.includes(location)) continue;
    const message = `${coordinate} may stand on ${location} now.`;
    yield { code: 'DIRECTIVE_LOCATION_ADDED', coordinate, detail: location, message, uses: [] };
  }
  yield* compareDirectiveArguments(coordinate, was.args, is.args);
}

function* compareDirectiveArguments(
  directive: string,
  was: readonly GraphQLArgument[],
  is: readonly GraphQLArgument[],
): Generator<Change> {
  for (const { name } of was) {
    if (is.some((other) => other.name === name)) continue;
    const coordinate = `${directive}(${name}:)`;
    const message = `The argument ${coordinate} is removed.`;
    yield { code: 'DIRECTIVE_ARGUMENT_REMOVED', coordinate, message, uses: [coordinate] };
  }
  for (const argument of is) {
    const coordinate = `${directive}(${argument.name}:)`;
    const old = was.find(({ name }) => name === argument.name);
    if (old === undefined) {
      const isRequired = isRequiredArgument(argument);
      const message = `The ${isRequired ? 'required' : 'optional'} argument ${coordinate} is added.`;
      if (isRequired) yield { code: 'DIRECTIVE_ARGUMENT_REQUIRED_ADDED', coordinate, message, uses: [directive] };
      else yield { code: 'DIRECTIVE_ARGUMENT_ADDED', coordinate, message, uses: [] };
      continue;
    }
    const message = `The type of ${coordinate} is ${argument.type}, and was ${old.type}.`;
    const changes = typeChanges(old.type, argument.type);
    if (changes.has('name') || changes.has('list') || changes.has('nonNull')) {
      yield { code: 'DIRECTIVE_ARGUMENT_TYPE_CHANGED', coordinate, message, uses: [directive] };
    } else if (changes.has('nullable')) {
      yield { code: 'DIRECTIVE_ARGUMENT_NULLABLE', coordinate, message, uses: [] };
    }
  }
}
