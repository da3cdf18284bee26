import type { Owners } from './owners.ts';

/** Prometheus' own form of a rule. */
export interface PrometheusRule {
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface RuleGroup {
  name: string;
  rules: PrometheusRule[];
}

export interface Alert {
  /** Its name, and its runbook's: `docs/runbooks/<name>.md`. */
  alert: string;
  expr: string;
  /** How long the expression has to hold, such as `5m`. Default: no time. */
  for?: string;
  /** page: somebody gets up now. ticket: somebody looks during working hours. none: it is no trouble. */
  severity: 'page' | 'ticket' | 'none';
  /** The service that it is about, by which alerts are grouped and inhibited: a name, or the label that has it. */
  about: string | { label: string };
  /** Whose it is where that is not the owner of what it is about: a service's name. */
  owner?: string;
  /** Further labels. */
  labels?: Record<string, string>;
  /** Path of the dashboard in Grafana, without `/d/`. */
  dashboard: string;
  /** One sentence for the head of a notification; Prometheus' template. */
  summary: string;
  /** What is known of it, with its numbers; Prometheus' template. */
  description: string;
  /**
   * KQL for the lines that tell of it; Prometheus' template. Null: none do, so there is no link. Default: those of the
   * container that is called as what it is about.
   */
  logs?: string | null;
  /** Condition of Prometheus' templates under which there are such lines, as in `ne $labels.job "kubelet"`. Default: always. */
  logsIf?: string;
  /** Tags, besides `error`, of spans that tell of it; Prometheus' template. */
  spanTags?: Record<string, string>;
}

export const RUNBOOKS = 'https://github.com/tributary/tributary/blob/main/docs/runbooks';

/** An alert as Prometheus takes it. Links are paths: each installation has its own Grafana, Kibana and Jaeger. */
export function alertingRule(alert: Alert, owners: Owners): PrometheusRule {
  const { about } = alert;
  const service = typeof about === 'string' ? about : `{{ $labels.${about.label} }}`;
  const team =
    alert.owner !== undefined || typeof about === 'string'
      ? owners.of(alert.owner ?? String(about))
      : owners.template(about.label);
  return {
    alert: alert.alert,
    expr: alert.expr,
    ...(alert.for === undefined ? {} : { for: alert.for }),
    labels: { severity: alert.severity, team, service, ...alert.labels },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: `${RUNBOOKS}/${alert.alert}.md`,
      dashboard_url: `/d/${alert.dashboard}`,
      ...(alert.logs === null ? {} : { logs_url: linkToLogs(alert.logs ?? warningsOf(service), alert.logsIf) }),
      traces_url: failedTraces(service, alert.spanTags),
    },
  };
}

/** Jaeger's search: traces of the last hour in which a span of the service failed. */
const failedTraces = (service: string, tags: Alert['spanTags']): string =>
  `/search?service=${service}&lookback=1h&tags=${encoded(JSON.stringify({ error: 'true', ...tags }))}`;

/** A container's lines, but for levels below `warn`: also those without a level, of what is not ours or died without JSON. */
export const warningsOf = (container: string): string =>
  `kubernetes.container_name:"${container}" and not level:("trace" or "debug" or "info")`;

const linkToLogs = (kql: string, condition?: string): string =>
  condition === undefined ? discover(kql) : `{{ if ${condition} }}${discover(kql)}{{ end }}`;

/** Kibana's Discover: lines of the last hour. */
const discover = (kql: string): string =>
  `/app/discover#/?_g=(time:(from:now-1h,to:now))&_a=(query:(language:kuery,query:'${encoded(kql)}'))`;

/** What is no template is encoded, so that a link does not end at its first blank. */
const encoded = (text: string): string =>
  text.replaceAll(/(\{\{.*?\}\})|[^{]+|\{/g, (part, template) => template ?? encodeURIComponent(part));
