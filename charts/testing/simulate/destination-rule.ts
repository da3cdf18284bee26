import type { KubernetesObject } from '../kubernetes-object.ts';
import { mostSpecificHost } from './host-match.ts';
import type { Labels } from './label-selector.ts';
import { anything, fields, list, mapOf, optional, type Parsed, ShapeError, text } from './shape.ts';
import { type Specified, specifications } from './specifications.ts';
import { qualifiedHost } from './virtual-service.ts';

const destinationRuleSpec = fields({
  host: text,
  trafficPolicy: optional(anything),
  subsets: optional(list(fields({ name: text, labels: optional(mapOf(text)), trafficPolicy: optional(anything) }))),
});

export type DestinationRule = Specified<Parsed<typeof destinationRuleSpec>>;

/** The DestinationRules among rendered objects, with their hosts in full. Throws when two are for the same host. */
export function destinationRulesOf(objects: readonly KubernetesObject[]): DestinationRule[] {
  const found = specifications(objects, 'networking.istio.io/v1', 'DestinationRule', destinationRuleSpec).map(
    (rule) => ({ ...rule, spec: { ...rule.spec, host: qualifiedHost(rule.spec.host, rule.namespace) } }),
  );
  const seen = new Set<string>();
  for (const { name, spec } of found) {
    if (seen.has(spec.host)) throw new ShapeError(`DestinationRule ${name}: another one is for ${spec.host} too`);
    seen.add(spec.host);
  }
  return found;
}

/** The labels of a host's subset, by the DestinationRule for that host. `undefined`: there is no such subset. */
export function subsetLabels(host: string, subset: string, rules: readonly DestinationRule[]): Labels | undefined {
  const best = mostSpecificHost(
    rules.map(({ spec }) => spec.host),
    host,
  );
  const rule = rules.find(({ spec }) => spec.host === best);
  const found = rule?.spec.subsets?.find(({ name }) => name === subset);
  return found && (found.labels ?? {});
}
