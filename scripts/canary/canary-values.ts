/** What `helm get values` says of a release, as far as a canary needs it. */
export interface ReleaseValues {
  services?: Record<string, { canary?: { image?: { tag?: string }; supergraph?: { sdl?: string } } } | null>;
}

export interface CanaryStart {
  service: string;
  /** The image's tag. */
  tag: string;
  /** What the gateway serves now. */
  stableSdl: string;
  /** What the graph composes to with the new version. */
  canarySdl: string;
}

type Values = { services: Record<string, object> };

/** Both versions run; only who asks for the canary, by its header, gets it. With another schema the gateway has one too. */
export function startValues({ service, tag, stableSdl, canarySdl }: CanaryStart): Values {
  const ofSubgraph = { canary: { enabled: true, weight: 0, image: { tag } } };
  if (stableSdl === canarySdl) return { services: { [service]: ofSubgraph } };
  return {
    services: {
      [service]: ofSubgraph,
      // The chart's own supergraph may be the new one already.
      gateway: {
        supergraph: { sdl: stableSdl },
        canary: { enabled: true, weight: 0, supergraph: { sdl: canarySdl } },
      },
    },
  };
}

/**
 * The share of requests that get the canary. Where the gateway has one, it decides: what it sends to its canary asks for
 * the subgraph's as well, and what it does not must not, as that would meet a supergraph that does not know it.
 */
export function shiftValues(service: string, weight: number, current: ReleaseValues): Values {
  const services: Values['services'] = {};
  if (hasGatewayCanary(current)) services.gateway = { canary: { weight } };
  else services[service] = { canary: { weight } };
  return { services };
}

/** First the stable version becomes what the canary is, while all requests go to the canary; then the canary goes. */
export function promoteValues(service: string, current: ReleaseValues): [Values, Values] {
  const tag = current.services?.[service]?.canary?.image?.tag;
  if (tag === undefined) throw new Error(`${service} has no canary`);
  const sdl = current.services?.gateway?.canary?.supergraph?.sdl;
  const promoted: Values = { services: { [service]: { image: { tag }, canary: { weight: 100 } } } };
  if (sdl !== undefined) promoted.services.gateway = { supergraph: { sdl }, canary: { weight: 100 } };
  return [promoted, abortValues(service, current)];
}

/** Everything goes to the stable version, and the canary ends. */
export function abortValues(service: string, current: ReleaseValues): Values {
  const off = { canary: { enabled: false, image: { tag: null } } };
  const services: Values['services'] = { [service]: off };
  if (hasGatewayCanary(current)) services.gateway = { canary: { enabled: false, supergraph: { sdl: null } } };
  return { services };
}

const hasGatewayCanary = ({ services }: ReleaseValues) => services?.gateway?.canary?.supergraph?.sdl !== undefined;
