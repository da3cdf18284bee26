import { acceptedSchema, type JsonSchema, publishedSchema } from '../../packages/service-kit/src/index.ts';
import { consumersOf, type EventsOfSubgraph } from '../../schema/src/index.ts';
import { incompatibilities } from './incompatibilities.ts';

const TYPE = /^[a-z][a-z0-9_-]*\.[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*\.v[1-9]\d*$/;

/**
 * What is wrong between those who say and those who hear: a type that is not named
 * `<service>.<aggregate>.<what happened>.v<major>` or defined twice, one that is heard and not said, or not in that
 * version, and a consumer that does not take all that the producer may say.
 */
export function catalogueFindings(catalogue: readonly EventsOfSubgraph[]): string[] {
  return catalogue.flatMap((subgraph) => [
    ...misnamed(subgraph),
    ...repeated(subgraph),
    ...misheard(catalogue, subgraph),
  ]);
}

const misnamed = ({ name, says }: EventsOfSubgraph): string[] =>
  says
    .filter(({ type }) => !TYPE.test(type))
    .map(({ type }) => `${name} says ${type}, which is not <service>.<aggregate>.<what happened>.v<major>`);

function repeated({ name, says, hears }: EventsOfSubgraph): string[] {
  const types = [...says, ...hears].map(({ type }) => type);
  return types.filter((type, index) => types.indexOf(type) !== index).map((type) => `${name} defines ${type} twice`);
}

function misheard(catalogue: readonly EventsOfSubgraph[], { name, hears }: EventsOfSubgraph): string[] {
  const said = catalogue.flatMap((producer) => producer.says.map((definition) => ({ producer, definition })));
  return hears.flatMap((heard) => {
    const source = said.find(({ definition }) => definition.type === heard.type);
    if (source === undefined) {
      const versions = said.map(({ definition }) => definition.type).filter((type) => isSameEvent(type, heard.type));
      return [`${name} hears ${heard.type}, which nobody says${versions.length > 0 ? `: there is ${versions}` : ''}`];
    }
    const { definition, producer } = source;
    const published = publishedSchema(definition, producer.name, consumersOf(catalogue, heard.type));
    return incompatibilities(acceptedSchema(heard), dataOf(published), 'data').map(
      (reason) => `${name} does not take every ${heard.type} that ${producer.name} may say: ${reason}`,
    );
  });
}

const isSameEvent = (a: string, b: string) => withoutVersion(a) === withoutVersion(b);
const withoutVersion = (type: string) => type.replace(/\.v\d+$/, '');

/** The schema of the data in that of the event. */
const dataOf = ({ properties }: JsonSchema) => (properties as { data: JsonSchema }).data;
