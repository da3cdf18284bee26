import type { KubernetesObject } from './kubernetes-object.ts';
import { availabilityRules } from './spec-rules/availability.ts';
import { podSecurityRules } from './spec-rules/pod-security.ts';
import type { SpecRule } from './spec-rules/spec-rule.ts';
import { wiringRules } from './spec-rules/wiring.ts';
import { workloadsOf } from './spec-rules/workload.ts';

const rules = { ...podSecurityRules, ...availabilityRules, ...wiringRules };

export type SpecRuleName = keyof typeof rules;

/** A rule that does not hold for an object, and why it need not. */
export interface SpecException {
  /** `StatefulSet *-postgres`; a star is any text. */
  readonly object: string;
  readonly rule: SpecRuleName;
  readonly reason: string;
}

export interface SpecFinding {
  /** `Deployment tributary-users`; for a rule on references, what is missing. */
  readonly object: string;
  readonly rule: SpecRuleName;
  readonly problem: string;
}

/** Every break of every rule in what one `helm install` renders. */
export function specFindings(objects: readonly KubernetesObject[]): SpecFinding[] {
  const rendering = { objects, workloads: workloadsOf(objects) };
  return (Object.entries(rules) as [SpecRuleName, SpecRule][]).flatMap(([rule, check]) =>
    [...check(rendering)].map(([object, problem]) => ({ object, rule, problem })),
  );
}

/** Whether an exception excuses a finding. */
export const excuses = ({ object, rule }: SpecException, finding: SpecFinding): boolean =>
  rule === finding.rule && isNamed(finding.object, object);

/**
 * What is wrong with rendered objects: the breaks of rules that no exception excuses.
 *
 * @returns findings like `Deployment tributary-users: its pods are not spread (topology-spread)`
 */
export const specFacts = (objects: readonly KubernetesObject[], exceptions: readonly SpecException[]): string[] =>
  specFindings(objects)
    .filter((finding) => !exceptions.some((exception) => excuses(exception, finding)))
    .map(({ object, rule, problem }) => `${object}: ${problem} (${rule})`);

function isNamed(name: string, pattern: string): boolean {
  const expression = pattern.replaceAll('.', '\\.').replaceAll('*', '.*');
  return new RegExp(`^${expression}$`).test(name);
}
