import { expect, it } from 'vitest';
import { istioSchema } from './istio-schema.ts';
import { serviceSchema } from './service-schema.ts';
import { tributarySchema } from './tributary-schema.ts';
import { valueProblems } from './value-problems.ts';

const service = valueProblems(serviceSchema);
const tributary = valueProblems(tributarySchema);
const istio = valueProblems(istioSchema);

it.each<[string, unknown, string]>([
  ['an unknown key', { replicas: 2 }, 'must NOT have additional properties replicas'],
  ['an unknown key in a section', { image: { tags: '1' } }, '/image must NOT have additional properties tags'],
  [
    'an unknown key deep inside',
    { autoscaling: { behavior: { scaleUp: { window: 1 } } } },
    '/autoscaling/behavior/scaleUp must NOT have additional properties window',
  ],
  [
    'an unknown key of a peer',
    { database: { to: [{ pod: {} }] } },
    '/database/to/0 must NOT have additional properties pod',
  ],
  [
    'a peer that is nobody',
    { networkPolicy: { from: [{}] } },
    '/networkPolicy/from/0 must NOT have fewer than 1 properties',
  ],
  ['a string for a number', { replicaCount: '3' }, '/replicaCount must be integer'],
  ['a number for a string', { image: { tag: 1.1 } }, '/image/tag must be string'],
  ['a string for a switch', { canary: { enabled: 'true' } }, '/canary/enabled must be boolean'],
  ['no pods', { replicaCount: 0 }, '/replicaCount must be >= 1'],
  ['half a pod', { replicaCount: 1.5 }, '/replicaCount must be integer'],
  ['a weight over 100', { canary: { weight: 101 } }, '/canary/weight must be <= 100'],
  ['a negative weight', { canary: { weight: -1 } }, '/canary/weight must be >= 0'],
  ['a percentage over 100', { autoscaling: { cpu: 101 } }, '/autoscaling/cpu must be <= 100'],
  ['no percent', { autoscaling: { memory: 0 } }, '/autoscaling/memory must be >= 1'],
  ['a negative time', { drain: { preStopSeconds: -1 } }, '/drain/preStopSeconds must be >= 0'],
  ['a duration without a unit', { metrics: { interval: '30' } }, '/metrics/interval must match pattern'],
  [
    'an unknown pull policy',
    { image: { pullPolicy: 'Sometimes' } },
    '/image/pullPolicy must be equal to one of the allowed values',
  ],
  [
    'an unknown source of metrics',
    { autoscaling: { metrics: 'datadog' } },
    '/autoscaling/metrics must be equal to one',
  ],
  ['an unknown monitor', { metrics: { monitor: 'podMonitor' } }, '/metrics/monitor must be equal to one'],
  ['an unknown kind of migration', { migrations: { mode: 'job' } }, '/migrations/mode must be equal to one'],
  ['an unknown component', { component: 'router' }, '/component must be equal to one'],
  ['an off without quotes', { vpa: { updateMode: false } }, '/vpa/updateMode must be equal to one'],
  ['a name in capitals', { name: 'Users' }, '/name must match pattern'],
  ['a name with an underscore', { name: 'order_items' }, '/name must match pattern'],
  ['a short digest', { image: { digest: 'sha256:abc' } }, '/image/digest must match pattern'],
  [
    'a repository with a scheme',
    { image: { repository: 'https://r.example.com' } },
    '/image/repository must match pattern',
  ],
  ['no environment variable', { secrets: { env: { 'API-KEY': 'key' } } }, '/secrets/env must match pattern'],
  ['a variable without a name', { env: [{ value: '1' }] }, "/env/0 must have required property 'name'"],
  ['a number as a variable', { env: [{ name: 'PORT', value: 1 }] }, '/env/0/value must be string'],
  ['a broker of another kind', { broker: { servers: ['kafka://b:9092'] } }, '/broker/servers/0 must match pattern'],
  ['a token in the broker', { broker: { servers: ['nats://secret@b:4222'] } }, '/broker/servers/0 must match pattern'],
  ['a port out of range', { database: { port: 65_536 } }, '/database/port must be <= 65535'],
  ['a collector without a port', { tracing: { endpoint: 'http://collector' } }, '/tracing/endpoint must match pattern'],
  ['memory in bits', { resources: { limits: { memory: '1GB' } } }, '/resources/limits/memory must match pattern'],
  [
    'a budget of none',
    { podDisruptionBudget: { maxUnavailable: 0 } },
    '/podDisruptionBudget/maxUnavailable must be >= 1',
  ],
  ['a document without an application', { documents: { 'a.graphql': '{ a }' } }, '/documents must match pattern'],
  [
    'a canary of an unknown key',
    { canary: { image: { tagg: 'v2' } } },
    '/canary/image must NOT have additional properties tagg',
  ],
])('charts/service refuses %s', (_, values, problem) => {
  expect(service(values).join('\n')).toContain(problem);
});

it.each<[string, unknown, string]>([
  ['an unknown key', { service: {}, servcies: {} }, 'must NOT have additional properties servcies'],
  [
    'an unknown key of a service',
    { services: { users: { replicas: 2 } } },
    '/services/users must NOT have additional properties replicas',
  ],
  [
    'an unknown key deep in a service',
    { services: { users: { canary: { supergraph: { uri: '' } } } } },
    '/services/users/canary/supergraph must NOT have additional properties uri',
  ],
  [
    'an unknown key of all services',
    { defaults: { image: { tagg: '' } } },
    '/defaults/image must NOT have additional properties tagg',
  ],
  [
    'another name for a service',
    { services: { users: { name: 'people' } } },
    '/services/users must NOT have additional properties name',
  ],
  [
    'one graph for a service',
    { services: { users: { graph: 'other' } } },
    '/services/users must NOT have additional properties graph',
  ],
  ['one name for all services', { defaults: { name: 'users' } }, '/defaults must NOT have additional properties name'],
  [
    'a switch for all services',
    { defaults: { enabled: false } },
    '/defaults must NOT have additional properties enabled',
  ],
  ['a service in capitals', { services: { Users: {} } }, '/services must match pattern'],
  [
    'a weight over 100',
    { services: { users: { canary: { weight: 101 } } } },
    '/services/users/canary/weight must be <= 100',
  ],
  [
    'an edge of an unknown kind',
    { edges: { users: { queue: true } } },
    '/edges/users must NOT have additional properties queue',
  ],
  ['calls that are no list', { edges: { users: { calls: 'orders' } } }, '/edges/users/calls must be array'],
  ['storage of "0"', { postgres: { storage: '0' } }, '/postgres/storage must match pattern'],
  ['storage without a unit', { nats: { storage: 2 } }, '/nats/storage must be <= 0'],
  ['an unknown test', { helmTest: { kind: 'smoke' } }, '/helmTest/kind must be equal to one'],
  [
    'a broker of another kind',
    { nats: { external: { servers: ['http://n:4222'] } } },
    '/nats/external/servers/0 must match pattern',
  ],
  ['a public address without a scheme', { publicUrl: 'shop.example.com' }, '/publicUrl must match pattern'],
  ['an unknown key of the Ingress', { ingress: { hosts: [] } }, '/ingress must NOT have additional properties hosts'],
  ['an unknown key of the mesh', { istio: { mtls: 'OFF' } }, '/istio must NOT have additional properties mtls'],
  [
    'an external service without a port',
    { externalServices: { a: { hosts: ['a.b'], protocol: 'TLS', services: [] } } },
    "/externalServices/a must have required property 'port'",
  ],
])('charts/tributary refuses %s', (_, values, problem) => {
  expect(tributary(values).join('\n')).toContain(problem);
});

it.each<[string, unknown, string]>([
  [
    'an unknown key of a service',
    { services: { users: { call: [] } } },
    '/services/users must NOT have additional properties call',
  ],
  [
    'a weight over 100',
    { services: { users: { canary: { weight: 101 } } } },
    '/services/users/canary/weight must be <= 100',
  ],
  ['an unknown ingress', { ingress: { api: 'nginx' } }, '/ingress/api must be equal to one'],
  ['no host', { ingress: { hosts: [] } }, '/ingress/hosts must NOT have fewer than 1 items'],
  ['a host that is an address', { ingress: { hosts: ['https://a.b'] } }, '/ingress/hosts/0 must match pattern'],
  ['a time-out without a unit', { ingress: { timeout: 15 } }, '/ingress/timeout must be string'],
  [
    'all pods left out and more',
    { outlierDetection: { maxEjectionPercent: 101 } },
    '/outlierDetection/maxEjectionPercent must be <= 100',
  ],
  ['tokens of nobody', { jwtRules: [{ jwksUri: 'https://a.b' }] }, "/jwtRules/0 must have required property 'issuer'"],
  ['an edge from nowhere', { edges: [{ to: 'nats', port: 4222 }] }, "/edges/0 must have required property 'from'"],
])('istio refuses %s', (_, values, problem) => {
  expect(istio(values).join('\n')).toContain(problem);
});

it('charts/tributary accepts a service of an empty line, and what Helm adds', () => {
  expect(
    tributary({ services: { reviews: null }, service: { global: {} }, istio: { global: {} }, global: { a: 1 } }),
  ).toEqual([]);
});
