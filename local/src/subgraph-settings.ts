/** What is known of this graph once the services that a subgraph calls have started. */
export interface LocalFacts {
  secret(use: string): string;
  /** GraphQL endpoint of a service that has started. */
  endpointOf(service: string): string;
  /** Where the gateway will answer. */
  publicUrl: string;
  /** Where the subgraph's stand-in for an outside service answers; undefined when it has none. */
  standInUrl: string | undefined;
}

/** What a subgraph needs here beyond its `config.yaml`; a subgraph that needs nothing is not in it. */
export const subgraphSettings: Readonly<Record<string, (facts: LocalFacts) => object>> = {
  users: ({ secret }) => ({ tokens: { keyEncryptionSecret: secret('users.tokens') } }),
  payments: ({ secret, standInUrl }) => ({
    provider: {
      url: standInUrl,
      apiKey: secret('payments.provider'),
      webhookSecret: secret('payments.webhooks'),
    },
  }),
  notifications: ({ secret, endpointOf, publicUrl }) => ({
    publicUrl,
    users: { url: endpointOf('users') },
    email: { transport: 'mailbox' },
    unsubscribeSecret: secret('notifications.unsubscribe'),
    webhooks: {
      encryptionSecret: secret('notifications.webhooks'),
      allowInsecure: true,
      allowPrivateNetwork: true,
    },
  }),
};

/** Which subgraph calls which others in its own name. They start before it, and trust its key. */
export const calls: Readonly<Record<string, readonly string[]>> = { notifications: ['users'] };
