import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBroker } from '../../chaos/src/graph/broker-process.ts';
import {
  type Addresses,
  gatewaySettings,
  makeSecrets,
  SERVICES,
  type Secrets,
  settingsOf,
} from '../../chaos/src/graph/graph-settings.ts';
import { createPostgres } from '../../chaos/src/graph/postgres-process.ts';
import { freePorts } from '../testing/free-ports.ts';
import { type Container, type ContainerOptions, runContainer, startContainer } from './container.ts';

/** The commerce graph from images, on a PostgreSQL and a NATS of its own, as the charts run it. */
export interface ImageGraph extends AsyncDisposable {
  readonly at: Addresses;
  readonly secrets: Secrets;
  readonly containers: ReadonlyMap<string, Container>;
  /** Runs a program of the tools image, which knows the database, and gives what it says. */
  tool(...args: string[]): Promise<string>;
}

interface Facts {
  folder: string;
  imageOf(service: string): string;
  secrets: Secrets;
  at: Addresses;
  /** The database in which the gateway counts what operations use. */
  usageUrl: string;
}

/** @param folder everything is kept there */
export async function runGraph(folder: string, imageOf: (service: string) => string): Promise<ImageGraph> {
  // The user of the images and that of PostgreSQL have to get through to their files.
  chmodSync(folder, 0o755);
  await using parts = new AsyncDisposableStack();
  const [databasePort = 0, brokerPort = 0, monitoringPort = 0, gateway = 0, provider = 0, ...entries] = await freePorts(
    5 + SERVICES.length,
  );
  const postgres = createPostgres(join(folder, 'postgres'), databasePort);
  parts.defer(() => postgres.stop());
  const broker = createBroker(join(folder, 'nats'), brokerPort, monitoringPort);
  parts.defer(() => broker.stop());
  await Promise.all([postgres.start(), broker.start()]);
  const secrets = await makeSecrets();
  const urlOf = (role: string) => `postgres://${role}:${secrets.databasePassword}@127.0.0.1:${databasePort}/postgres`;
  const at: Addresses = {
    gateway,
    provider,
    broker: brokerPort,
    entry: Object.fromEntries(SERVICES.map((service, index) => [service, entries[index]])) as Addresses['entry'],
    databaseOf: urlOf,
  };
  const facts = { folder, imageOf, secrets, at, usageUrl: urlOf('usage') };
  const tool = (args: readonly string[], configFolder: string) =>
    runContainer({
      ...{ name: nameOf('tools'), image: imageOf('tools'), args, configFolder },
      environment: { TRIBUTARY_ADMIN_DATABASE__URL: postgres.adminUrl, TRIBUTARY_DATABASE__URL: postgres.adminUrl },
    });
  await tool(['dist/provision.js', '--passwords', '/etc/tributary'], writePasswords(folder, secrets));
  const plans = await Promise.all([...SERVICES, 'gateway'].map((service) => planService(facts, service)));
  for (const { service, options } of plans) {
    if (service !== 'gateway') await runContainer({ ...options, args: [...options.args, '--migrate'] });
  }
  const containers = new Map<string, Container>();
  for (const { service, options } of [planProvider(facts), ...plans]) {
    containers.set(service, parts.use(await startContainer(options)));
  }
  const running = parts.move();
  return {
    at,
    secrets,
    containers,
    tool: (...args) => tool(args, join(folder, 'config', 'gateway')),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const nameOf = (service: string) => `tributary-${process.pid}-${service}`;

/** As Secrets that are mounted side by side. */
function writePasswords(folder: string, { databasePassword }: Secrets): string {
  const passwords = join(folder, 'passwords');
  for (const role of [...SERVICES, 'usage']) {
    mkdirSync(join(passwords, role), { recursive: true });
    writeFileSync(join(passwords, role, 'password'), databasePassword);
  }
  return passwords;
}

async function planService({ folder, imageOf, secrets, at, usageUrl }: Facts, service: string) {
  const [adminPort = 0] = await freePorts(1);
  const configFolder = join(folder, 'config', service);
  mkdirSync(configFolder, { recursive: true });
  const name = SERVICES.find((each) => each === service);
  if (name === undefined) cpSync('schema/supergraph.graphql', join(configFolder, 'supergraph.graphql'));
  const settings =
    name === undefined
      ? {
          ...gatewaySettings(secrets, at, '/etc/tributary/supergraph.graphql'),
          ...{ introspection: true, usage: { store: 'postgres', url: usageUrl } },
        }
      : {
          ...settingsOf(name, {
            ...{ secrets, at, port: at.entry[name], asInProduction: true },
            providerUrl: `http://127.0.0.1:${at.provider}`,
          }),
          ...(name === 'inventory' ? { demoData: true } : {}),
        };
  // JSON is YAML.
  writeFileSync(join(configFolder, 'config.yaml'), JSON.stringify(settings));
  const options: ContainerOptions = {
    name: nameOf(service),
    image: imageOf(service),
    args: ['dist/main.js', '--config', '/etc/tributary/config.yaml'],
    configFolder,
    environment: {
      TRIBUTARY_ADMIN__PORT: String(adminPort),
      ...(name === undefined ? {} : { TRIBUTARY_DATABASE__MIGRATE_ON_START: 'false' }),
    },
    readyUrl: `http://127.0.0.1:${adminPort}/health/ready`,
  };
  return { service, options };
}

/** The sandbox of the payments image, in place of a payment provider. */
function planProvider({ folder, imageOf, secrets, at }: Facts) {
  const webhookUrl = `http://127.0.0.1:${at.entry.payments}/webhooks/payments`;
  const options: ContainerOptions = {
    name: nameOf('provider'),
    image: imageOf('payments'),
    args: ['dist/sandbox.js', '--port', String(at.provider), '--data', ':memory:', '--webhook-url', webhookUrl],
    configFolder: folder,
    environment: { TRIBUTARY_API_KEY: secrets.providerKey, TRIBUTARY_WEBHOOKS__SECRET: secrets.webhookSecret },
    readyUrl: `http://127.0.0.1:${at.provider}/`,
  };
  return { service: 'provider', options };
}
