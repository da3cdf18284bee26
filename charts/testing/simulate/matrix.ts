import type { KubernetesObject } from '../kubernetes-object.ts';
import { type AuthorizationPolicy, authorizationPoliciesOf, meshAllows } from './authorization-policy.ts';
import type { HttpAttributes } from './authorization-rule.ts';
import { capturesInbound, identityOf, isInMesh } from './mesh-membership.ts';
import {
  type Connection,
  type NetworkPolicy,
  networkAllows,
  networkPoliciesOf,
  type Verdict,
} from './network-policy.ts';
import { type PeerAuthentication, peerAuthenticationsOf } from './peer-authentication.ts';
import { type Endpoint, type Namespaces, type Pod, type Port, podsOf } from './workloads.ts';

/** Everything that decides who reaches whom. */
export interface World {
  readonly pods: readonly Pod[];
  /** What the charts do not render. Connections between two of these are not computed. */
  readonly outside: readonly Endpoint[];
  /** Tried at every destination besides the ports that it declares. */
  readonly undeclaredPorts: readonly Port[];
  readonly networkPolicies: readonly NetworkPolicy[];
  readonly authorizationPolicies: readonly AuthorizationPolicy[];
  readonly peerAuthentications: readonly PeerAuthentication[];
  /** The request that stands for an edge. `undefined` is a connection that is not HTTP. */
  readonly request: (source: Endpoint, destination: Pod, port: number) => HttpAttributes | undefined;
}

/** One cell of the matrix. */
export interface Edge {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly protocol: Port['protocol'];
  readonly allowed: boolean;
  readonly because: string;
}

/** An edge that somebody expects. `protocol`: TCP by default. */
export interface ExpectedEdge {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly protocol?: Port['protocol'];
}

/** The world of rendered objects; `request` defaults to `POST /graphql` to the destination's id. */
export function worldOf(
  objects: readonly KubernetesObject[],
  given: { readonly namespaces: Namespaces } & Pick<World, 'outside' | 'undeclaredPorts'> &
    Partial<Pick<World, 'request'>>,
): World {
  return {
    request: (_source, { id }) => ({ method: 'POST', path: '/graphql', host: id }),
    ...given,
    pods: podsOf(objects, given.namespaces),
    networkPolicies: networkPoliciesOf(objects),
    authorizationPolicies: authorizationPoliciesOf(objects),
    peerAuthentications: peerAuthenticationsOf(objects),
  };
}

/**
 * Every source to every destination on each declared and undeclared port, with whether both the network's policies and
 * the mesh's let it through. Throws when two endpoints have the same id.
 */
export function reachabilityMatrix(world: World): Edge[] {
  const endpoints = [...world.pods, ...world.outside];
  const ids = new Set(endpoints.map(({ id }) => id));
  if (ids.size !== endpoints.length) throw new Error('two endpoints of a world have the same id');
  const outside = new Set(world.outside);
  return endpoints.flatMap((source) =>
    endpoints
      .filter((destination) => !outside.has(source) || !outside.has(destination))
      .flatMap((destination) =>
        portsOf(destination, world.undeclaredPorts).map(({ number, protocol }) => {
          const verdict = allows({ source, destination, port: number, protocol }, world);
          return { source: source.id, destination: destination.id, port: number, protocol, ...verdict };
        }),
      ),
  );
}

function portsOf(destination: Endpoint, undeclared: readonly Port[]): Port[] {
  const all = [...destination.ports, ...undeclared];
  return [...new Map(all.map((port) => [`${port.number}/${port.protocol}`, port])).values()];
}

function allows(connection: Connection, world: World): Verdict {
  const network = networkAllows(connection, world.networkPolicies);
  if (!network.allowed) return network;
  const mesh = throughMesh(connection, world);
  return mesh.allowed ? { allowed: true, because: `${network.because}; ${mesh.because}` } : mesh;
}

function throughMesh({ source, destination, port, protocol }: Connection, world: World): Verdict {
  if (destination.kind !== 'pod' || !isInMesh(destination)) {
    return { allowed: true, because: `${destination.id} is outside of the mesh` };
  }
  if (protocol !== 'TCP' || !capturesInbound(destination, port)) {
    return { allowed: true, because: `port ${port} passes the sidecar by` };
  }
  return meshAllows(
    {
      source: { principal: identityOf(source, port) },
      destination,
      port,
      http: world.request(source, destination, port),
    },
    world.authorizationPolicies,
    world.peerAuthentications,
  );
}

/**
 * What differs between the allowed edges of a matrix and the expected ones, both ways, a line for each with the reason;
 * empty when they are equal. An expected edge that is listed twice or that the matrix does not hold is a difference.
 */
export function compareEdges(actual: readonly Edge[], expected: readonly ExpectedEdge[]): string[] {
  const cells = new Map(actual.map((edge) => [nameOf(edge), edge]));
  const wanted = new Set<string>();
  const problems: string[] = [];
  for (const edge of expected) {
    const name = nameOf(edge);
    const cell = cells.get(name);
    if (wanted.has(name)) problems.push(`expected twice: ${name}`);
    else if (!cell) problems.push(`expected, but no such edge was tried: ${name}`);
    else if (!cell.allowed) problems.push(`expected, but refused: ${name} (${cell.because})`);
    wanted.add(name);
  }
  for (const [name, cell] of cells) {
    if (cell.allowed && !wanted.has(name)) problems.push(`allowed, but not expected: ${name} (${cell.because})`);
  }
  return problems;
}

const nameOf = ({ source, destination, port, protocol = 'TCP' }: ExpectedEdge): string =>
  `${source} -> ${destination}:${port}/${protocol}`;
