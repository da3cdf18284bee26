import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contender, Setup } from './contender.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
export const CONTENDERS_FOLDER = join(ROOT, 'bench/contenders');

/** Of the executor that @apollo/gateway has, and everybody that executes its plans as they are. */
const AS_PLANNED = { heavy: 16, light: 1, authenticated: 1 };
/** Duplicate representations and separate requests to one subgraph at one time left out. */
const MERGED = { heavy: 7, light: 1, authenticated: 1 };

/** In the order of the report's rows. */
export const CONTENDERS: readonly Contender[] = [
  {
    name: 'stock',
    title: '@apollo/gateway in @apollo/server',
    canShare: false,
    installed: false,
    subgraphRequests: AS_PLANNED,
    command: (setup) => apolloServer('stock.ts', setup),
  },
  {
    name: 'hive',
    title: 'Hive Gateway',
    canShare: true,
    installed: true,
    subgraphRequests: MERGED,
    command: (setup) => hiveGateway(setup, { rust: false }),
  },
  {
    name: 'hive-rust',
    title: 'Hive Gateway, Rust planner',
    canShare: true,
    installed: true,
    subgraphRequests: MERGED,
    command: (setup) => hiveGateway(setup, { rust: true }),
  },
  {
    name: 'drop-in',
    title: 'Tributary in @apollo/server',
    canShare: false,
    installed: false,
    subgraphRequests: MERGED,
    command: (setup) => apolloServer('drop-in.ts', setup),
  },
  {
    name: 'tributary',
    title: 'Tributary',
    canShare: true,
    installed: false,
    subgraphRequests: MERGED,
    command: (setup) => shippedGateway(setup),
  },
];

function apolloServer(main: string, { port, supergraph, tokens }: Setup) {
  const file = fileURLToPath(new URL(main, import.meta.url));
  return { args: [file, String(port), supergraph, JSON.stringify(tokens)] };
}

function hiveGateway({ port, supergraph, sharing, tokens }: Setup, { rust }: { rust: boolean }) {
  const main = join(CONTENDERS_FOLDER, 'node_modules/@graphql-hive/gateway/dist/bin.js');
  const config = join(CONTENDERS_FOLDER, 'hive.config.mjs');
  return {
    args: [main, 'supergraph', supergraph, '--host=127.0.0.1', `--port=${port}`, `--config-path=${config}`, '--fork=1'],
    env: { BENCH_HIVE: JSON.stringify({ sharing, rust, ...tokens }), LOG_LEVEL: 'warn' },
  };
}

/** With the flags for Node that `npm run gateway` has. @param settings of its configuration, beside the usual ones */
export function shippedGateway({ port, supergraph, folder, sharing, tokens }: Setup, settings: object = {}) {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const [, , ...script] = scripts.gateway.split(' ');
  const config = join(folder, `tributary-${port}.json`);
  writeFileSync(
    config,
    JSON.stringify({
      server: { host: '127.0.0.1' },
      sharing: { inbound: sharing, subgraph: sharing },
      admin: { host: '127.0.0.1', port: 0 },
      // No other gateway here writes a line for each request.
      log: { level: 'warn' },
      // Nor does one count who asks how often.
      rateLimit: { enabled: false },
      identity: { issuers: [{ issuer: tokens.issuer, audience: tokens.audience, jwksUri: tokens.jwks }] },
      ...settings,
    }),
  );
  return { args: [...script, '--supergraph', supergraph, '--port', String(port), '--config', config] };
}
