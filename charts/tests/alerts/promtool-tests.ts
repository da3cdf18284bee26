import type { PrometheusRule } from '../../rules/rule.ts';
import { evaluateTemplate } from '../../testing/evaluate-template.ts';
import type { AlertTest, AlwaysFiring, FiringAlert, RecordingTest, SeriesValues } from './alert-test.ts';

/** What `promtool test rules` reads. */
export interface PromtoolFile {
  rule_files: string[];
  evaluation_interval: string;
  tests: object[];
}

interface Parts {
  /** Path of the rule file. */
  ruleFile: string;
  /** How often rules are evaluated. Default `1m`. */
  every?: string | undefined;
  rules: readonly PrometheusRule[];
  alerts: Record<string, AlertTest | AlwaysFiring>;
  recordings?: readonly RecordingTest[];
}

/** The tests of one rule file: of each alert a near miss, and its way from silence over firing to its end. */
export function promtoolTests({ ruleFile, every = '1m', rules, alerts, recordings = [] }: Parts): PromtoolFile {
  const ofAlerts = Object.entries(alerts).flatMap(([alert, test]) => {
    const firing = test.fires.map(({ at, alerts: expected }) => ({
      eval_time: at,
      alertname: alert,
      exp_alerts: expected.map((each) => expectedAlert(ruleOf(alert, each, rules), each)),
    }));
    if (!('silent' in test)) return [group(`${alert}: always fires`, {}, firing)];
    const { silent, series, notYetAt, resolvedAt } = test;
    const quiet = (at: string | undefined) =>
      at === undefined ? [] : [{ eval_time: at, alertname: alert, exp_alerts: [] }];
    return [
      group(`${alert}: stays silent`, silent.series, quiet(silent.at)),
      group(`${alert}: fires, resolves`, series, [...quiet(notYetAt), ...firing, ...quiet(resolvedAt)]),
    ];
  });
  const ofRecordings = recordings.map(({ series, expr, at, samples }) => ({
    ...group(expr, series, []),
    promql_expr_test: [{ expr, eval_time: at, exp_samples: samples }],
  }));
  return { rule_files: [ruleFile], evaluation_interval: every, tests: [...ofAlerts, ...ofRecordings] };
}

const group = (name: string, series: SeriesValues, alertRuleTest: object[]) => ({
  name,
  interval: '1m',
  input_series: Object.entries(series).map(([each, values]) => ({ series: each, values })),
  alert_rule_test: alertRuleTest,
});

/** Of several rules with one name, the one with the same long window. */
const ruleOf = (alert: string, { labels }: FiringAlert, rules: readonly PrometheusRule[]) =>
  rules.find((rule) => rule.alert === alert && rule.labels?.long === labels.long);

/** Texts are the rule's, with the labels and the value that are expected in them; a rule that is gone has none. */
function expectedAlert(rule: PrometheusRule | undefined, { labels, value = '', dashboard }: FiringAlert): object {
  const texts = Object.entries(rule?.annotations ?? {}).map(([name, text]) => [
    name,
    evaluateTemplate(text, labels, value),
  ]);
  return {
    exp_labels: labels,
    exp_annotations: { ...Object.fromEntries(texts), dashboard_url: `/d/${dashboard}` },
  };
}
