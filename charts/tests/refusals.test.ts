import { describe, expect, it } from 'vitest';
import { renderChart } from '../testing/render-chart.ts';
import { exampleFile, ISTIO, SERVICE, UMBRELLA } from './value-cases.ts';

const refusedBy = (chart: string, values: object, valuesFiles: string[] = []) => {
  try {
    renderChart({ chart, values, valuesFiles });
  } catch (error) {
    return (error as Error).message;
  }
  return 'rendered';
};

const umbrella: [string, object, RegExp][] = [
  ['an unknown key at the top', { istoi: { enabled: true } }, /istoi/],
  ['an unknown key of a service', { services: { users: { replicaCuont: 2 } } }, /replicaCuont/],
  ['an unknown key below it', { services: { users: { autoscaling: { maximum: 2 } } } }, /maximum/],
  ['an unknown key of the mesh', { istio: { enabled: true, ingress: { host: 'a' } } }, /host/],
  [
    'HPA and VPA both acting on CPU',
    { services: { users: { vpa: { enabled: true, updateMode: 'Recreate' } } } },
    /service users: autoscaling and vpa would both act on CPU and memory/,
  ],
  [
    'a database that nobody names',
    { postgres: { enabled: false } },
    /services\.inventory\.database\.existingSecret: with postgres\.enabled false it has to name a Secret whose key url/,
  ],
  ['no broker', { nats: { enabled: false } }, /nats\.external\.servers: expected NATS URLs/],
  [
    'two Redis servers',
    { redis: { enabled: true, external: { existingSecret: 'redis' } } },
    /redis\.external\.existingSecret names a Redis, and redis\.enabled makes another/,
  ],
  ['a canary of more than everything', { services: { users: { canary: { enabled: true, weight: 101 } } } }, /weight/],
  ['an ingress without a host', { ingress: { enabled: true } }, /ingress\.host: expected the host name/],
  [
    'an ingress that the mesh would refuse',
    { istio: { enabled: true }, ingress: { enabled: true, host: 'shop.example.com' } },
    /the mesh refuses an ingress controller without a sidecar/,
  ],
  [
    'edges of an unknown service',
    { edges: { reviews: { database: true } } },
    /edges\.reviews: services has no reviews/,
  ],
  [
    'two supergraphs',
    { services: { gateway: { supergraph: { sdl: 'a', url: 'https://b' } } } },
    /supergraph: expected one of sdl, configMap and url/,
  ],
  [
    'a drain time beside the chart’s',
    { services: { users: { config: { server: { drainTimeout: '1m' } } } } },
    /config\.server\.drainTimeout is set by drain\.timeoutSeconds/,
  ],
  [
    'fewer pods at most than at least',
    { defaults: { autoscaling: { maxReplicas: 2 } } },
    /minReplicas 3 is more than autoscaling.maxReplicas 2/,
  ],
  [
    'a migration hook before there is a password',
    { defaults: { migrations: { mode: 'hook' } } },
    /migrations\.mode hook runs before this installation has made anything/,
  ],
  ['an unknown version of metrics', { defaults: { autoscaling: { metrics: 'datadog' } } }, /metrics/],
  [
    'an external host of an unknown service',
    {
      istio: { enabled: true },
      externalServices: { x: { hosts: ['x.example.com'], port: 443, protocol: 'TLS', services: ['nobody'] } },
    },
    /externalServices\.x: nobody is no service of the graph/,
  ],
];

describe('the umbrella refuses', () => {
  it.each(umbrella)('%s', (_, values, message) => {
    expect(refusedBy(UMBRELLA, values)).toMatch(message);
  });

  it('a missing secret in an otherwise complete production', () => {
    const values = { services: { users: { database: { existingSecret: '' } } } };
    expect(refusedBy(UMBRELLA, values, [exampleFile('production')])).toMatch(
      /services\.users\.database\.existingSecret/,
    );
  });
});

const service: [string, object, RegExp][] = [
  ['no name', {}, /name: expected the service's name/],
  [
    'a database without URL',
    { name: 'a', database: { enabled: true } },
    /set database\.existingSecret to a Secret whose key url/,
  ],
  ['events without a broker', { name: 'a', broker: { enabled: true } }, /set broker\.servers/],
  ['an unknown key', { name: 'a', imagePullPolicy: 'Always' }, /imagePullPolicy/],
];

describe('a service by itself refuses', () => {
  it.each(service)('%s', (_, values, message) => {
    expect(refusedBy(SERVICE, values)).toMatch(message);
  });
});

describe('the mesh refuses', () => {
  it.each<[string, object, RegExp]>([
    ['a graph without gateway', { services: { users: {} } }, /services\.gateway: expected/],
    ['a call to nobody', { services: { gateway: { calls: ['users'] } } }, /gateway calls users, which is no service/],
    ['a weight over 100', { services: { gateway: { canary: { enabled: true, weight: 101 } } } }, /weight/],
  ])('%s', (_, values, message) => {
    expect(refusedBy(ISTIO, values)).toMatch(message);
  });
});
