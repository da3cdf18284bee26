import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provisionServices } from '@tributary/service-kit';
import { freePorts } from '../../../scripts/testing/free-ports.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { type BrokerProcess, createBroker } from './broker-process.ts';
import { bundleServices } from './bundle-services.ts';
import {
  type Addresses,
  gatewaySettings,
  makeSecrets,
  REPLICAS,
  SERVICES,
  type Secrets,
  type ServiceName,
  type Settings,
  settingsOf,
} from './graph-settings.ts';
import { ManagedProcess } from './managed-process.ts';
import { createPostgres, type PostgresProcess } from './postgres-process.ts';

export interface GraphOptions {
  /** Everything is kept there: data, ledger, configuration, logs, work journals. */
  folder: string;
  /** The sources that run. Default: these. */
  root?: string;
  settings?: Settings;
  /** Settings over the gateway's. */
  gatewaySettings?: object;
  replicas?: Partial<Record<ServiceName, number>>;
  /** Run services as their own `src/main.ts`, with the bus as in production: no named steps. Default false. */
  asInProduction?: boolean;
  /** Beside what tests want of a PostgreSQL. */
  postgresSettings?: Readonly<Record<string, string>>;
  /** How often the provider sends each report; more than once: in any order; 0: never. Default 1. */
  reports?: number;
  /** Where a payments process reaches the provider. Default: the provider itself. */
  providerEntry?(paymentsProcess: string, providerPort: number): Promise<number>;
  /** Where a subgraph's process, or the gateway, reaches the broker. Default: the broker itself. */
  brokerEntry?(process: string, brokerPort: number): Promise<number>;
}

/** The whole graph on loopback ports: PostgreSQL, NATS, gateway, provider and every subgraph, each its own process. */
export interface GraphProcesses extends AsyncDisposable {
  readonly gatewayUrl: string;
  readonly postgres: PostgresProcess;
  readonly broker: BrokerProcess;
  /** Gateway, provider, and the subgraphs' processes. */
  readonly processes: readonly ManagedProcess[];
  /** The provider's SQLite file. */
  readonly providerLedger: string;
  /** The work journal of a process's start. */
  journalOf(process: string, start: number): string;
  /** Ends everything; a second call waits for the first. */
  stop(): Promise<void>;
}

const DEFAULT_ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SMALL_HEAP = '--max-semi-space-size=8';
const NODE_FLAGS = [SMALL_HEAP, '--import', './packages/service-kit/register.mjs'];

export async function startGraphProcesses(options: GraphOptions): Promise<GraphProcesses> {
  const { folder, root = DEFAULT_ROOT } = options;
  for (const part of ['logs', 'work', 'config']) mkdirSync(join(folder, part), { recursive: true });
  // PostgreSQL, which may run as another user, has to get through to its own folder.
  chmodSync(folder, 0o711);
  await using parts = new AsyncDisposableStack();
  const [databasePort = 0, brokerPort = 0, monitoringPort = 0] = await freePorts(3);
  const postgres = createPostgres(join(folder, 'postgres'), databasePort, options.postgresSettings);
  parts.defer(() => postgres.stop());
  const broker = createBroker(join(folder, 'nats'), brokerPort, monitoringPort);
  parts.defer(() => broker.stop());
  await Promise.all([postgres.start(), broker.start()]);

  const secrets = await makeSecrets();
  await provisionServices(
    postgres.adminUrl,
    Object.fromEntries(SERVICES.map((service) => [service, secrets.databasePassword])),
  );
  const bundles = options.asInProduction ? new Map() : await bundleServices(root, SERVICES, join(folder, 'bundles'));
  const plan = await planProcesses({ ...options, root, bundles }, secrets, postgres, broker);
  const balancers = await Promise.all(plan.entries.map(({ port, ports }) => startBalancer(port, ports)));
  parts.defer(() => balancers.forEach((balancer: Balancer) => void balancer.close()));
  parts.defer(async () => void (await Promise.all(plan.processes.map((process) => process.stop()))));
  // One process of each service first: it makes the tables.
  for (const turn of [1, 2]) {
    await Promise.all(plan.processes.filter((each) => turnOf(each) === turn).map((process) => process.start()));
  }
  const running = parts.move();
  return {
    gatewayUrl: `http://127.0.0.1:${plan.gatewayPort}`,
    postgres,
    broker,
    processes: plan.processes,
    providerLedger: join(folder, 'provider.sqlite'),
    journalOf: (process, start) => join(folder, 'work', `${process}.${start}`),
    stop: () => running.disposeAsync(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const turnOf = ({ name }: ManagedProcess) => (/-([2-9]|\d\d)$/.test(name) ? 2 : 1);

interface Sources {
  root: string;
  /** By service, its program that can be killed at named steps. */
  bundles: ReadonlyMap<string, string>;
}

interface Plan {
  processes: ManagedProcess[];
  entries: { port: number; ports: number[] }[];
  gatewayPort: number;
}

async function planProcesses(
  options: GraphOptions & Sources,
  secrets: Secrets,
  postgres: PostgresProcess,
  broker: BrokerProcess,
): Promise<Plan> {
  const replicas = { ...REPLICAS, ...options.replicas };
  const count = SERVICES.reduce((sum, service) => sum + replicas[service], 0);
  const [gateway = 0, provider = 0, ...ports] = await freePorts(2 + SERVICES.length + count);
  const entry = Object.fromEntries(SERVICES.map((service) => [service, ports.shift() ?? 0]));
  const at: Addresses = {
    gateway,
    provider,
    entry: entry as Addresses['entry'],
    broker: broker.port,
    databaseOf: (service) => databaseUrl(postgres.adminUrl, service, secrets.databasePassword),
  };
  const processes: ManagedProcess[] = [];
  const entries: Plan['entries'] = [];
  for (const service of SERVICES) {
    const own = ports.splice(0, replicas[service]);
    entries.push({ port: at.entry[service], ports: own });
    for (const [index, port] of own.entries()) {
      const name = replicas[service] === 1 ? service : `${service}-${index + 1}`;
      const all = options.settings?.[service];
      const settings = Array.isArray(all) ? all[index] : all;
      processes.push(await planService(options, secrets, at, { service, name, port, settings }));
    }
  }
  processes.push(planProvider(options, secrets, at), await planGateway(options, secrets, at));
  return { processes, entries, gatewayPort: gateway };
}

async function planService(
  { folder, root, bundles, providerEntry, brokerEntry, asInProduction = false }: GraphOptions & Sources,
  secrets: Secrets,
  at: Addresses,
  { service, name, port, settings }: { service: ServiceName; name: string; port: number; settings: object | undefined },
): Promise<ManagedProcess> {
  const providerPort =
    service === 'payments' && providerEntry !== undefined ? await providerEntry(name, at.provider) : at.provider;
  const providerUrl = `http://127.0.0.1:${providerPort}`;
  const broker = (await brokerEntry?.(name, at.broker)) ?? at.broker;
  const config = writeConfig(folder, name, {
    ...settingsOf(service, { secrets, at: { ...at, broker }, port, providerUrl, asInProduction }),
    ...settings,
  });
  const program = (start: number) =>
    asInProduction
      ? [...NODE_FLAGS, `subgraphs/${service}/src/main.ts`, '--config', config]
      : [SMALL_HEAP, bundles.get(service) ?? '', config, join(folder, 'work', `${name}.${start}`)];
  return new ManagedProcess({
    name,
    service,
    port,
    cwd: root,
    args: program,
    // A bundle is of this run alone; sources are compiled before it.
    ...(asInProduction ? {} : { env: { NODE_COMPILE_CACHE: join(folder, 'compile-cache') } }),
    logFile: join(folder, 'logs', `${name}.log`),
  });
}

function planProvider(
  { folder, root, reports = 1 }: GraphOptions & { root: string },
  secrets: Secrets,
  at: Addresses,
): ManagedProcess {
  const flags = ['--port', String(at.provider), '--data', join(folder, 'provider.sqlite')];
  const url = `http://127.0.0.1:${at.entry.payments}/webhooks/payments`;
  if (reports > 0) flags.push('--webhook-url', url, '--webhook-duplicates', String(reports));
  if (reports > 1) flags.push('--webhook-shuffle');
  return new ManagedProcess({
    name: 'provider',
    service: 'provider',
    port: at.provider,
    cwd: root,
    args: () => [...NODE_FLAGS, 'subgraphs/payments/src/sandbox/main.ts', ...flags],
    env: { TRIBUTARY_API_KEY: secrets.providerKey, TRIBUTARY_WEBHOOKS__SECRET: secrets.webhookSecret },
    logFile: join(folder, 'logs', 'provider.log'),
  });
}

async function planGateway(options: GraphOptions & { root: string }, secrets: Secrets, at: Addresses) {
  const { folder, root } = options;
  const broker = (await options.brokerEntry?.('gateway', at.broker)) ?? at.broker;
  const config = writeConfig(folder, 'gateway', {
    ...gatewaySettings(secrets, { ...at, broker }, join(root, 'schema/supergraph.graphql')),
    ...options.gatewaySettings,
  });
  return new ManagedProcess({
    name: 'gateway',
    service: 'gateway',
    port: at.gateway,
    cwd: root,
    args: () => [...NODE_FLAGS, 'gateway/src/main.ts', '--config', config],
    logFile: join(folder, 'logs', 'gateway.log'),
  });
}

/** JSON is YAML. */
function writeConfig(folder: string, name: string, settings: object): string {
  const file = join(folder, 'config', `${name}.yaml`);
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
  return file;
}

function databaseUrl(adminUrl: string, service: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = service;
  url.password = password;
  return url.href;
}
