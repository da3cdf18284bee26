import { ConfigError } from '@tributary/service-kit';
import { argumentOf, textArgument } from '@tributary/service-kit/sdl';
import { type ConstDirectiveNode, type ConstValueNode, type DocumentNode, Kind } from 'graphql';
import { SECURITY_DIRECTIVES, type SecurityDirective } from './requirement.ts';

/** The one version that there is of each of the three. */
const VERSION = 'v0.1';
const HOST = 'specs.apollo.dev';

/** A feature that the supergraph's schema links to. */
interface Link {
  readonly url: string;
  readonly as: string | undefined;
  /** What it is called here, by the specification's names. */
  readonly imports: ReadonlyMap<string, string>;
}

/**
 * By which names the supergraph has the directives that say who may see what (link specification, "Directive import").
 *
 * @throws ConfigError where that is not certain: they would protect nothing
 */
export function securityNames(supergraph: DocumentNode): ReadonlyMap<string, SecurityDirective> {
  const defined = new Set<string>();
  for (const node of supergraph.definitions) {
    if (node.kind === Kind.DIRECTIVE_DEFINITION) defined.add(node.name.value);
  }
  const names = new Map<string, SecurityDirective>();
  const others = new Set<string>();
  for (const link of linksOf(supergraph)) {
    const feature = securityFeature(link.url);
    if (feature === undefined) {
      others.add(namespaceOf(link));
      for (const own of link.imports.values()) others.add(own.replace('@', ''));
      continue;
    }
    const name = link.imports.get(`@${feature}`)?.slice(1) ?? link.as ?? feature;
    if (!defined.has(name)) throw refusal(`it links to ${link.url}, and defines no directive @${name}`);
    names.set(name, feature);
  }
  for (const name of SECURITY_DIRECTIVES) {
    if (defined.has(name) && !names.has(name) && !others.has(name)) {
      throw refusal(`it defines @${name}, and no @link says what that is`);
    }
  }
  return names;
}

export const refusal = (what: string): ConfigError =>
  new ConfigError(`It cannot be said who may see what of the supergraph: ${what}.`);

function securityFeature(url: string): SecurityDirective | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, pathname } = new URL(url);
  const [name, version, ...more] = pathname.split('/').filter((part) => part !== '');
  const feature = SECURITY_DIRECTIVES.find((directive) => directive === name);
  if (hostname !== HOST || feature === undefined) return undefined;
  if (version !== VERSION || more.length > 0) throw refusal(`${url} is a version that is not known here`);
  return feature;
}

const namespaceOf = ({ url, as }: Link): string =>
  as ??
  url
    .split('/')
    .filter((part) => part !== '' && !/^v\d+\.\d+$/.test(part))
    .at(-1) ??
  url;

/** Of `@link`, however that is called here, and of its forerunner `@core`. */
function linksOf({ definitions }: DocumentNode): Link[] {
  const directives = definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION ? (node.directives ?? []) : [],
  );
  return directives.flatMap((directive) => {
    const url = text(argumentOf(directive, 'url') ?? argumentOf(directive, 'feature'));
    return url === undefined ? [] : [{ url, as: textArgument(directive, 'as'), imports: importsOf(directive, url) }];
  });
}

function importsOf(directive: ConstDirectiveNode, url: string): Map<string, string> {
  const given = argumentOf(directive, 'import');
  if (given === undefined || given.kind === Kind.NULL) return new Map();
  const items = given.kind === Kind.LIST ? given.values : [given];
  return new Map(
    items.map((item) => {
      const fields = item.kind === Kind.OBJECT ? item.fields : [];
      const field = (name: string) => text(fields.find((one) => one.name.value === name)?.value);
      const name = text(item) ?? field('name');
      if (name === undefined) throw refusal(`an import of ${url} cannot be read`);
      return [name, field('as') ?? name];
    }),
  );
}

const text = (value: ConstValueNode | undefined): string | undefined =>
  value?.kind === Kind.STRING ? value.value : undefined;
