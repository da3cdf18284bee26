import type { GatewayConfig } from '../config/gateway-config.ts';

/** Of Apollo Sandbox, which runs in the visitor's browser and asks from there. */
export const SANDBOX_ORIGIN = 'https://studio.apollographql.com';

/**
 * Sites whose scripts may ask: those that are listed, and Sandbox where introspection is on. Not where a cookie may hold the
 * access token: it would ask as whoever is signed in, so that it has to be listed.
 */
export function corsOriginsOf({
  cors,
  introspection,
  identity,
}: Pick<GatewayConfig, 'cors' | 'introspection' | 'identity'>): readonly string[] {
  const isOpen = introspection && identity.cookie === undefined && !cors.origins.includes(SANDBOX_ORIGIN);
  return isOpen ? [...cors.origins, SANDBOX_ORIGIN] : cors.origins;
}
