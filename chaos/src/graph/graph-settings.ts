import { randomBytes } from 'node:crypto';
import { generateServiceKeyPair } from '@tributary/service-kit';

/** Subgraphs that run, and in how many processes; what orders go through in more than one, so that they share work. */
export const REPLICAS = { users: 1, inventory: 2, orders: 2, payments: 2, notifications: 2 } as const;

export type ServiceName = keyof typeof REPLICAS;
export const SERVICES = Object.keys(REPLICAS) as ServiceName[];

/** Settings over each subgraph's defaults, by its name; a list where its processes differ: one for each. */
export type Settings = Readonly<Partial<Record<ServiceName, object | readonly object[]>>>;

export interface Secrets {
  readonly databasePassword: string;
  readonly providerKey: string;
  readonly webhookSecret: string;
  readonly gatewayKeys: Awaited<ReturnType<typeof generateServiceKeyPair>>;
  readonly notificationsKeys: Awaited<ReturnType<typeof generateServiceKeyPair>>;
  readonly other: string;
}

const secret = () => randomBytes(32).toString('hex');

export const makeSecrets = async (): Promise<Secrets> => ({
  databasePassword: secret(),
  providerKey: secret(),
  webhookSecret: secret(),
  gatewayKeys: await generateServiceKeyPair('gateway'),
  notificationsKeys: await generateServiceKeyPair('notifications'),
  other: secret(),
});

/** Where everything is. `entry` is what callers connect to: a port that leads to one of a service's processes. */
export interface Addresses {
  gateway: number;
  entry: Readonly<Record<ServiceName, number>>;
  provider: number;
  broker: number;
  databaseOf(service: ServiceName): string;
}

interface ServiceFacts {
  secrets: Secrets;
  at: Addresses;
  port: number;
  providerUrl: string;
  /** With the bus's defaults. */
  asInProduction: boolean;
}

/** What every process of a service is told; the port is its own. */
export function settingsOf(
  service: ServiceName,
  { secrets, at, port, providerUrl, asInProduction }: ServiceFacts,
): object {
  return {
    server: { host: '127.0.0.1', port },
    admin: { host: '127.0.0.1', port: 0 },
    log: { level: 'warn' },
    database: { url: at.databaseOf(service), connectTimeout: '2s' },
    // The shortest wait that is allowed. A process holds a few events only: those of one that is killed wait so long.
    events: {
      nats: {
        servers: [`nats://127.0.0.1:${at.broker}`],
        ...(asInProduction ? {} : { ackWait: '11s', concurrency: 6 }),
      },
    },
    identity: {
      trusted: { gateway: secrets.gatewayKeys.publicKeys, notifications: secrets.notificationsKeys.publicKeys },
      ...(service === 'notifications' ? { key: secrets.notificationsKeys.privateKey } : {}),
    },
    ...ownSettings(service, { secrets, at, providerUrl, asInProduction }),
  };
}

/** Less than the provider's slow card takes: its outcome has to be asked for. */
const SHORT = '1s';

function ownSettings(
  service: ServiceName,
  { secrets, at, providerUrl, asInProduction }: Omit<ServiceFacts, 'port'>,
): object {
  if (service === 'users') return { tokens: { keyEncryptionSecret: secrets.other }, demoData: true };
  if (service === 'payments') {
    const { providerKey: apiKey, webhookSecret } = secrets;
    return { provider: { url: providerUrl, apiKey, webhookSecret, ...(asInProduction ? {} : { timeout: SHORT }) } };
  }
  if (service !== 'notifications') return {};
  return {
    publicUrl: `http://127.0.0.1:${at.gateway}`,
    users: { url: `http://127.0.0.1:${at.entry.users}/graphql` },
    email: { transport: 'mailbox' },
    unsubscribeSecret: secrets.other,
    webhooks: { encryptionSecret: secrets.other },
  };
}

export const gatewaySettings = (secrets: Secrets, at: Addresses, supergraph: string): object => ({
  server: { host: '127.0.0.1', port: at.gateway },
  admin: { host: '127.0.0.1', port: 0 },
  log: { level: 'error' },
  // For subscriptions.
  events: { nats: { servers: [`nats://127.0.0.1:${at.broker}`] } },
  // All load comes from one address, and from few users.
  rateLimit: { enabled: false },
  authorization: { policies: { admin: { roles: ['admin'] } } },
  supergraph,
  subgraphs: Object.fromEntries(
    SERVICES.map((service) => [service, { url: `http://127.0.0.1:${at.entry[service]}/graphql` }]),
  ),
  identity: {
    key: secrets.gatewayKeys.privateKey,
    issuers: [
      {
        issuer: 'tributary',
        audience: 'tributary',
        jwksUri: `http://127.0.0.1:${at.entry.users}/.well-known/jwks.json`,
      },
    ],
  },
});
