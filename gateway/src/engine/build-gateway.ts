import type { Tracer } from '@opentelemetry/api';
import { ConfigError, createServiceIdentityIssuer, type Logger, type Metrics, nearest } from '@tributary/service-kit';
import type { GatewayConfig } from '../config/gateway-config.ts';
import { resilienceOptions } from '../config/resilience-config.ts';
import { readDocuments } from '../documents/read-documents.ts';
import type { ServedLines } from '../lines/served-lines.ts';
import type { Door } from '../overload/door.ts';
import { LastGoodFile } from '../sources/last-good-file.ts';
import { sourceOf } from '../sources/source-of.ts';
import { SupergraphPoll } from '../sources/supergraph-poll.ts';
import type { FetchGateOptions } from '../subgraphs/fetch-gate.ts';
import type { KnownOperation } from './generation.ts';
import { TributaryGateway, type TributaryGatewayOptions } from './tributary-gateway.ts';

export interface Observability {
  log: Logger;
  metrics: Metrics;
  tracer: Tracer;
}

interface BuildGatewayParts {
  /** In place of what `supergraph` of the configuration names. */
  supergraphSdl: TributaryGatewayOptions['supergraphSdl'] | undefined;
  /** Undefined where the API has no version lines. */
  lines: ServedLines | undefined;
  /** Operations that clients may ask for, as they are now, beside those of `home.documents`. */
  trusted: () => readonly KnownOperation[];
  /** Undefined where all requests are let in. */
  door: Door | undefined;
  observability: Observability;
}

/** The gateway class, set up as the configuration says; not loaded. */
export async function buildGateway(config: GatewayConfig, parts: BuildGatewayParts): Promise<TributaryGateway> {
  const { supergraphSdl, lines, trusted, door, observability } = parts;
  const { identity, overload, subgraphRequest, swap } = config;
  const { maxBytes } = config.recordings;
  const documents = documentsOf(config);
  const lastGood = config.supergraphCache === undefined ? undefined : new LastGoodFile(config.supergraphCache);
  const key = identity.key?.reveal();
  return new TributaryGateway({
    supergraphSdl: supergraphSdl ?? polled(config, lastGood, observability),
    ...(lastGood === undefined ? {} : { lastGood }),
    swap: {
      rollback: swap.rollback,
      windowMs: swap.window,
      planRegression: swap.planRegression,
    },
    // A folder may be both.
    documents: () => [...new Map([...trusted(), ...documents].map((known) => [known.name, known])).values()],
    ...(lines === undefined ? {} : { lines: () => lines.majors }),
    subgraphs: config.subgraphs,
    subgraphRequest: {
      timeoutMs: subgraphRequest.timeout,
      maxResponseBytes: subgraphRequest.maxResponse,
      connections: subgraphRequest.connections,
      gate: gateOf(overload, door),
    },
    resilience: resilienceOptions(config.resilience),
    deadlineMs: config.deadline,
    limits: config.limits,
    authorization: config.authorization,
    sharing: config.sharing,
    incrementalDelivery: config.incrementalDelivery.enabled,
    ...(config.memory === undefined ? {} : { memoryBytes: config.memory }),
    ...(maxBytes === undefined ? {} : { recordedBytes: maxBytes }),
    overrideLabels: config.overrideLabels,
    ...(key === undefined ? {} : { issuer: await createServiceIdentityIssuer('gateway', JSON.parse(key)) }),
    ...observability,
  });
}

function polled(
  { supergraph, supergraphPoll }: GatewayConfig,
  lastGood: LastGoodFile | undefined,
  { log, metrics }: Observability,
): SupergraphPoll {
  if (supergraph === undefined) {
    throw new ConfigError('The configuration is wrong:\n  - supergraph: expected a file or an http(s):// URL');
  }
  return new SupergraphPoll({ source: sourceOf(supergraph), everyMs: supergraphPoll, lastGood, log, metrics });
}

const documentsOf = ({ home }: GatewayConfig) =>
  home.documents === undefined
    ? []
    : readDocuments(home.documents).map(({ app, name, text }) => ({ name: `${app}/${name}`, text }));

/**
 * Compares the subgraphs' names in the configuration with the supergraph's. An unused URL is only worth a warning.
 *
 * @throws ConfigError for a passthrough to a service that is not there.
 */
export function checkSubgraphNames(config: GatewayConfig, gateway: TributaryGateway, log: Logger): void {
  const names = [...gateway.subgraphUrls.keys()];
  for (const subgraph of Object.keys(config.subgraphs)) {
    if (names.includes(subgraph)) continue;
    log.warn({ subgraph, nearest: nearest(subgraph, names) }, 'configured subgraph is not in the supergraph');
  }
  for (const { path, service } of config.passthrough) {
    if (service === undefined || names.includes(service)) continue;
    const candidate = nearest(service, names);
    const hint = candidate === undefined ? '' : `; did you mean ${candidate}?`;
    throw new ConfigError(`passthrough ${path}: the supergraph has no subgraph ${service}${hint}`);
  }
}

const gateOf = ({ fetches }: GatewayConfig['overload'], door: Door | undefined): FetchGateOptions | undefined =>
  door !== undefined && fetches.enabled
    ? { minimum: fetches.minimum, maxWaitMs: fetches.maxWait, places: door }
    : undefined;
