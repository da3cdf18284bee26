// Runs in a pod: custom.metrics.k8s.io for HorizontalPodAutoscalers, from what the pods themselves tell. It does what
// prometheus-adapter does by the rule of the chart's ConfigMap, without a Prometheus between: requests_per_second of a pod
// is by how much the sum of its http_requests_total grew since the last look. Plain JavaScript for `node -e`.
const { readFileSync } = require('node:fs');
const https = require('node:https');

const GROUP = 'custom.metrics.k8s.io';
const METRIC = 'requests_per_second';
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const ADMIN_PORT = 9400;
// Looks that are nearer to each other are one.
const APART_MS = 5000;

/** By pod: { atMs, total, perSecond }. */
const looks = new Map();

async function podsOf(namespace, labelSelector) {
  const query = new URLSearchParams({ labelSelector });
  const response = await fetch(`https://kubernetes.default.svc/api/v1/namespaces/${namespace}/pods?${query}`, {
    headers: { authorization: `Bearer ${readFileSync(`${ACCOUNT}/token`, 'utf8')}` },
  });
  if (!response.ok) throw new Error(`pods: status ${response.status}`);
  const { items } = await response.json();
  return items.filter(({ status, metadata }) => status.podIP && metadata.deletionTimestamp === undefined);
}

async function totalOf({ status }) {
  const response = await fetch(`http://${status.podIP}:${ADMIN_PORT}/metrics`, { signal: AbortSignal.timeout(3000) });
  const lines = (await response.text()).match(/^http_requests_total\{.*\} \S+/gm) ?? [];
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Undefined for a pod that was never looked at before, or does not answer. */
async function rateOf(pod) {
  const key = pod.metadata.uid;
  const before = looks.get(key);
  const atMs = Date.now();
  if (before !== undefined && atMs - before.atMs < APART_MS) return before.perSecond;
  const total = await totalOf(pod).catch(() => undefined);
  if (total === undefined) return undefined;
  const perSecond = before && ((total - before.total) * 1000) / (atMs - before.atMs);
  looks.set(key, { atMs, total, perSecond });
  return perSecond;
}

async function valuesOf(namespace, labelSelector) {
  const pods = await podsOf(namespace, labelSelector);
  const rates = await Promise.all(pods.map(rateOf));
  return pods.flatMap(({ metadata: { name } }, index) =>
    rates[index] === undefined
      ? []
      : {
          describedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name },
          metric: { name: METRIC },
          timestamp: new Date().toISOString(),
          value: `${Math.round(rates[index] * 1000)}m`,
        },
  );
}

async function answer(url) {
  const { pathname, searchParams } = new URL(url, 'https://adapter');
  const root = `/apis/${GROUP}/v1beta2`;
  if (pathname === root) {
    const resource = {
      name: `pods/${METRIC}`,
      singularName: '',
      namespaced: true,
      kind: 'MetricValueList',
      verbs: ['get'],
    };
    return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${GROUP}/v1beta2`, resources: [resource] };
  }
  const asked = decodeURIComponent(pathname).match(`^${root}/namespaces/([^/]+)/pods/\\*/${METRIC}$`);
  if (asked === null) return undefined;
  const items = await valuesOf(asked[1], searchParams.get('labelSelector') ?? '');
  return { kind: 'MetricValueList', apiVersion: `${GROUP}/v1beta2`, metadata: {}, items };
}

const tls = { key: readFileSync('/tls/tls.key'), cert: readFileSync('/tls/tls.crt') };
https
  .createServer(tls, async (request, response) => {
    const body = await answer(request.url).catch((error) => console.error(error));
    const failure = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? failure));
  })
  .listen(6443);
