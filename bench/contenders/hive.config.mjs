// Hive Gateway as the benchmark runs it; see contenders.ts. BENCH_HIVE: { sharing, rust, jwks, issuer, audience }
import { createRemoteJwksSigningKeyProvider, defineConfig, extractFromHeader } from '@graphql-hive/gateway';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';

const { sharing, rust, jwks, issuer, audience } = JSON.parse(process.env.BENCH_HIVE);

export const gatewayConfig = defineConfig({
  // As the vendor runs each of them in the public gateways benchmark.
  ...(rust ? { unifiedGraphHandler } : { jit: true }),
  inboundInflightRequestDeduplication: sharing,
  transportEntries: { '*.http': { options: { deduplicateInflightRequests: sharing } } },
  jwt: {
    signingKeyProviders: [createRemoteJwksSigningKeyProvider({ jwksUri: jwks })],
    tokenLookupLocations: [extractFromHeader({ name: 'authorization', prefix: 'Bearer' })],
    tokenVerification: { issuer, audience, algorithms: ['ES256'] },
    // No other gateway here tells subgraphs who asks.
    forward: { payload: false, token: false },
    reject: { missingToken: false, invalidToken: true },
  },
});
