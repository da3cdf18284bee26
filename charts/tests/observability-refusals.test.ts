import { describe, expect, it } from 'vitest';
import { renderChart } from '../testing/render-chart.ts';
import { OBSERVABILITY, UMBRELLA } from './value-cases.ts';

const refusedBy = (chart: string, values: object) => {
  try {
    renderChart({ chart, values });
  } catch (error) {
    return (error as Error).message;
  }
  return 'rendered';
};

describe('observability refuses', () => {
  it.each<[string, object, RegExp]>([
    ['an unknown key', { prometheus: { retain: '15d' } }, /retain/],
    ['an unknown mode', { grafana: { mode: 'operator' } }, /mode/],
    [
      'spans that go nowhere',
      { collector: { mode: 'existing' } },
      /collector\.url: with collector\.mode existing, expected where services send OTLP over HTTP/,
    ],
    ['a collector without a port, which NetworkPolicies need', { collector: { url: 'http://otel' } }, /url/],
    ['traces that nobody keeps', { jaeger: { enabled: false } }, /jaeger\.enabled is false, so nobody keeps/],
    [
      'a Jaeger that is there somewhere',
      { jaeger: { mode: 'existing' } },
      /jaeger\.otlpEndpoint: with jaeger\.mode existing/,
    ],
    [
      'traces in an Elasticsearch that is not there',
      { elasticsearch: { enabled: false }, fluentd: { enabled: false }, kibana: { enabled: false } },
      /jaeger\.storage is elasticsearch, and elasticsearch\.enabled is false/,
    ],
    [
      'two memories for traces',
      { jaeger: { storage: 'memory' } },
      /jaeger\.replicas is 2: with jaeger\.storage memory/,
    ],
    [
      'an Elasticsearch without an address',
      { elasticsearch: { mode: 'existing', existingSecret: 'es' } },
      /elasticsearch\.url/,
    ],
    ['metrics that are kept for ever', { prometheus: { retention: null } }, /prometheus\.retention and/],
    ['a retention that is none', { prometheus: { retention: 'long' } }, /retention/],
    ['traces that are kept for no day', { jaeger: { retentionDays: 0 } }, /retentionDays/],
    [
      'an Alertmanager that Prometheus cannot find',
      { alertmanager: { mode: 'existing', existingSecret: 'r' } },
      /alertmanager\.url: with alertmanager\.mode existing/,
    ],
    [
      'an Alertmanager that Grafana cannot tell of its own alerts',
      {
        prometheus: { mode: 'existing', url: 'http://p:9090' },
        alertmanager: { mode: 'existing', existingSecret: 'r' },
      },
      /alertmanager\.url: .*expected where Prometheus and Grafana find it/,
    ],
    [
      'an Alertmanager that nobody gives keys',
      { alertmanager: { mode: 'existing', url: 'http://a:9093' } },
      /alertmanager\.existingSecret: with alertmanager\.mode existing/,
    ],
    [
      'dashboards of a Prometheus without an address',
      { prometheus: { mode: 'existing' } },
      /prometheus\.url: with prometheus\.mode existing, expected where Grafana asks it/,
    ],
    ['a share of more than everything', { collector: { tailSampling: { percentage: 101 } } }, /percentage/],
    ['a target without a port', { prometheus: { extraTargets: { ksm: 'ksm.kube-system' } } }, /ksm/],
  ])('%s', (_, values, message) => {
    expect(refusedBy(OBSERVABILITY, values)).toMatch(message);
  });

  it('in the umbrella too, an unknown key, and a service by the name of one of its parts', () => {
    expect(refusedBy(UMBRELLA, { observability: { promethesu: {} } })).toMatch(/promethesu/);
    expect(refusedBy(UMBRELLA, { observability: { enabled: true }, services: { jaeger: {} } })).toMatch(
      /services\.jaeger: observability has a part of this name/,
    );
  });
});
