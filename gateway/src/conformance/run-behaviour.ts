import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type ExecutionResult, execute, parse, validate } from 'graphql';
import type { Ask } from '../oracle/subgraph.ts';
import type { StartSubject } from '../oracle/subject.ts';
import type { Answer, Behaviour, SubgraphParts } from './behaviour.ts';

const DIRECTIVES = [
  ...['@key', '@external', '@requires', '@provides', '@shareable', '@override', '@inaccessible', '@tag'],
  ...['@interfaceObject', '@context', '@fromContext'],
];
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ${JSON.stringify(DIRECTIVES)})`;

/** What a subject answers; an error of its own is a refusal. */
export async function runBehaviour(behaviour: Behaviour, start: StartSubject): Promise<Answer> {
  const { subgraphs, operation, variables = {} } = behaviour;
  const asks = Object.entries(subgraphs).map(([name, parts]) => [name, askOf(parts)] as const);
  const supergraphSdl = composedOnce(behaviour);
  try {
    const subject = await start(supergraphSdl, new Map(asks));
    try {
      return answerOf(await subject.execute(operation, variables));
    } finally {
      await subject.close();
    }
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

const supergraphs = new WeakMap<object, string>();

/** Composition takes longer than all the rest. */
function composedOnce(behaviour: Behaviour): string {
  const supergraphSdl = supergraphs.get(behaviour.subgraphs) ?? composed(behaviour);
  supergraphs.set(behaviour.subgraphs, supergraphSdl);
  return supergraphSdl;
}

/** @throws Error when the subgraphs do not compose */
function composed({ name, subgraphs }: Pick<Behaviour, 'name' | 'subgraphs'>): string {
  const { supergraphSdl, errors = [] } = composeServices(
    Object.entries(subgraphs).map(([subgraph, { sdl }]) => ({
      name: subgraph,
      url: `http://${subgraph}`,
      typeDefs: parse(LINK + sdl),
    })),
  );
  if (supergraphSdl === undefined) {
    throw new Error(`${name} does not compose: ${errors.map(({ message }) => message).join(' ')}`);
  }
  return supergraphSdl;
}

/** A subgraph in this process, all that it takes and gives as if it went through JSON. */
function askOf({ sdl, resolvers }: SubgraphParts): Ask {
  const schema = buildSubgraphSchema([{ typeDefs: parse(LINK + sdl), resolvers: resolvers as never }]);
  return async ({ query, variables }) => {
    const document = parse(query);
    const errors = validate(schema, document);
    const variableValues = JSON.parse(JSON.stringify(variables));
    const result = errors.length > 0 ? { errors } : await execute({ schema, document, variableValues });
    return JSON.parse(JSON.stringify(result));
  };
}

export function answerOf({ data = null, errors = [] }: ExecutionResult): Answer {
  const paths = [...new Set(errors.map(({ path }) => path?.join('.') ?? '-'))].sort();
  return { data, ...(paths.length === 0 ? {} : { errors: paths }) };
}
