import { errorCauses, Supergraph } from '@apollo/federation-internals';
import { markLine } from '@tributary/service-kit/sdl';
import { type DocumentNode, type GraphQLSchema, parse, print } from 'graphql';
import { clientSchema } from '../sdl/client-schema.ts';

/** The part of a supergraph that is one version line. */
export interface LineCut {
  /** What is not in the line is `@inaccessible`: subgraphs still give it for keys and required fields. */
  readonly supergraphSdl: string;
  /** What clients of the line see; undefined when something of the line needs what is not in it. */
  readonly apiSchema: GraphQLSchema | undefined;
  /** Schema coordinates of what is not in the line, without what belongs to those. */
  readonly hidden: readonly string[];
  readonly problems: readonly CutProblem[];
}

/** Why the line is no valid schema. */
export interface CutProblem {
  readonly message: string;
  /** Schema coordinate of what is to be mended, where one is known. */
  readonly coordinate: string | undefined;
}

/**
 * Cuts one version line out of a supergraph: `@since(major:)` above the line and `@until(major:)` below it are left out.
 *
 * @param supergraph its SDL, parsed or not
 * @throws GraphQLError for what is no supergraph
 */
export function cutLine(supergraph: string | DocumentNode, major: number): LineCut {
  const document = typeof supergraph === 'string' ? parse(supergraph, { noLocation: true }) : supergraph;
  const { document: cut, hidden } = markLine(document, major);
  const supergraphSdl = hidden.length === 0 && typeof supergraph === 'string' ? supergraph : `${print(cut)}\n`;
  // A supergraph was validated when it was composed; whether the gateway has its features is the gateway's question.
  const built = Supergraph.build(cut, { supportedFeatures: null, validateSupergraph: false });
  try {
    return { supergraphSdl, apiSchema: clientSchema(built.apiSchema()), hidden, problems: [] };
  } catch (error) {
    const causes = errorCauses(error as Error);
    if (causes === undefined) throw error;
    return { supergraphSdl, apiSchema: undefined, hidden, problems: causes.map((cause) => problemOf(cause, major)) };
  }
}

function problemOf(
  { message, extensions }: { message: string; extensions: Record<string, unknown> },
  major: number,
): CutProblem {
  const [hidden, referencing] = ['inaccessible_elements', 'inaccessible_referencers'].map(
    (key) => (extensions[key] as string[] | undefined)?.[0],
  );
  return {
    message: message
      .replaceAll('@inaccessible', `not in line ${major}`)
      .replaceAll('in the API schema', `in line ${major}`),
    // Nothing is left of a type: it is the type that is to go, too.
    coordinate: extensions.code === 'ONLY_INACCESSIBLE_CHILDREN' ? referencing : hidden,
  };
}
