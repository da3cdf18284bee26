import { describe, expect, it } from 'vitest';
import { renderChart } from '../testing/render-chart.ts';
import { UMBRELLA } from './value-cases.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds are looked into
type Manifest = any;

const render = (istio: object): Manifest[] =>
  renderChart({ chart: UMBRELLA, values: { istio: { enabled: true, ...istio } } }).objects;
const traced = { telemetry: { tracingProvider: 'traces', samplingPercent: 25, accessLogProvider: 'lines' } };
const telemetryOf = (objects: Manifest[]) => objects.filter(({ kind }) => kind === 'Telemetry');

describe('telemetry of the mesh', () => {
  it('is the same for the graph and for its ingress, where a trace begins', () => {
    const [graph, ingress, ...others] = telemetryOf(render(traced));
    expect(others).toEqual([]);
    expect(graph.metadata.namespace).not.toBe('istio-ingress');
    expect(ingress.metadata).toMatchObject({ name: 'tributary-ingress', namespace: 'istio-ingress' });
    const { selector, ...same } = ingress.spec;
    expect(selector).toEqual({ matchLabels: { istio: 'ingress' } });
    expect(same).toEqual(graph.spec);
    expect(same).toEqual({
      tracing: [{ providers: [{ name: 'traces' }], randomSamplingPercentage: 25 }],
      accessLogging: [{ providers: [{ name: 'lines' }] }],
    });
  });

  it('is one for both where the ingress is made for the graph, in its namespace', () => {
    expect(telemetryOf(render({ ...traced, ingress: { api: 'gateway-api' } }))).toHaveLength(1);
  });

  it('is none without a provider', () => {
    expect(telemetryOf(render({}))).toEqual([]);
  });

  it('reaches the collector from every service, wherever that is', () => {
    const sidecars = (istio: object) =>
      render(istio)
        .filter(({ kind }) => kind === 'Sidecar')
        .map(({ spec }) => spec.egress[0].hosts);
    expect(sidecars({}).length).toBeGreaterThan(5);
    for (const hosts of sidecars({}))
      expect(hosts).toContain('*/opentelemetry-collector.observability.svc.cluster.local');
    for (const hosts of sidecars({ telemetry: { collectorHost: '' } }))
      expect(String(hosts)).not.toContain('collector');
  });
});
