import type { Edge } from './edge.ts';

/**
 * Who asks whom for the graph's sake. Written by hand and reviewed: what `graph mesh` derives has to be this list. With a
 * database or a broker outside, the edges to `postgres` and `nats` lead there.
 */
export const graphEdges: readonly Edge[] = [
  // The gateway asks each subgraph, and passes on to some of them what is no GraphQL.
  { source: 'gateway', destination: 'inventory', port: 4000 },
  { source: 'gateway', destination: 'notifications', port: 4000 },
  { source: 'gateway', destination: 'orders', port: 4000 },
  { source: 'gateway', destination: 'payments', port: 4000 },
  { source: 'gateway', destination: 'users', port: 4000 },
  // For the address, when an e-mail is sent.
  { source: 'notifications', destination: 'users', port: 4000 },

  { source: 'inventory', destination: 'postgres', port: 5432 },
  { source: 'notifications', destination: 'postgres', port: 5432 },
  { source: 'orders', destination: 'postgres', port: 5432 },
  { source: 'payments', destination: 'postgres', port: 5432 },
  { source: 'users', destination: 'postgres', port: 5432 },

  // It tells those who have subscribed what services publish; it publishes nothing.
  { source: 'gateway', destination: 'nats', port: 4222 },
  { source: 'inventory', destination: 'nats', port: 4222 },
  { source: 'notifications', destination: 'nats', port: 4222 },
  { source: 'orders', destination: 'nats', port: 4222 },
  { source: 'payments', destination: 'nats', port: 4222 },
  { source: 'users', destination: 'nats', port: 4222 },
];
