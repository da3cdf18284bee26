// Rules that Kibana evaluates on log lines. They write to Kibana's own log: with the Basic licence there are no others
// than the connectors `server-log` and `index`, so what somebody is to be called for is a rule of Prometheus.

/** Ids are UUIDs that stay: a rule is replaced, not made a second time. */
export const serverLog = {
  id: '7a9c1c1e-5f3b-4d27-9a55-0d2f6c3b1e01',
  body: { name: 'Kibana log', connector_type_id: '.server-log', config: {}, secrets: {} },
} as const;

export interface AlertRule {
  id: string;
  name: string;
  /** KQL has no place here: a query of Elasticsearch. */
  query: object;
  /** More lines than that in the window make an alert. */
  moreThan: number;
  windowMinutes: number;
  message: string;
}

const term = (field: string, value: string) => ({ term: { [field]: value } });
const phrase = (text: string) => ({ match_phrase: { message: text } });
const all = (...filter: object[]) => ({ bool: { filter } });

export const alertRules: readonly AlertRule[] = [
  {
    id: '7a9c1c1e-5f3b-4d27-9a55-0d2f6c3b1e11',
    name: 'A refresh token was used twice',
    query: all(term('service', 'users'), phrase('a refresh token was used twice')),
    moreThan: 0,
    windowMinutes: 5,
    message: 'Somebody may have a stolen refresh token: see the dashboard "Audit of sign-ins".',
  },
  {
    id: '7a9c1c1e-5f3b-4d27-9a55-0d2f6c3b1e12',
    name: 'Many errors',
    query: all(term('format', 'service'), term('level', 'error')),
    moreThan: 100,
    windowMinutes: 5,
    message: 'More than 100 lines of level error in 5 minutes: see the dashboard "Errors by operation".',
  },
  {
    id: '7a9c1c1e-5f3b-4d27-9a55-0d2f6c3b1e13',
    name: 'Lines that are cut',
    query: all(term('truncated', 'true')),
    moreThan: 0,
    windowMinutes: 60,
    message: 'A container prints lines of more than 1 MiB: see the search "Lines that are no JSON of a service".',
  },
];

/** Of `POST /api/alerting/rule/{id}`. What `PUT` takes is `changeable`. */
export function rulePayload(rule: AlertRule, stream: string) {
  const changeable = {
    name: rule.name,
    tags: ['tributary'],
    schedule: { interval: '1m' },
    params: {
      searchType: 'esQuery',
      index: [stream],
      timeField: '@timestamp',
      esQuery: JSON.stringify({ query: rule.query }),
      size: 10,
      threshold: [rule.moreThan],
      thresholdComparator: '>',
      timeWindowSize: rule.windowMinutes,
      timeWindowUnit: 'm',
      aggType: 'count',
      groupBy: 'all',
      excludeHitsFromPreviousRun: true,
    },
    actions: [
      {
        group: 'query matched',
        id: serverLog.id,
        params: { level: 'warn', message: `{{rule.name}}: {{context.value}} lines. ${rule.message}` },
        frequency: { summary: false, notify_when: 'onActionGroupChange', throttle: null },
      },
    ],
  };
  return { changeable, whole: { ...changeable, rule_type_id: '.es-query', consumer: 'stackAlerts', enabled: true } };
}
