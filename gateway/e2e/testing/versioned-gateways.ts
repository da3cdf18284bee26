import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayConfig } from '../../src/config/gateway-config.ts';
import { type RunningGateway, startGateway } from '../../src/start-gateway.ts';
import { startVersionedGraph, type VersionedGraph } from './versioned-graph.ts';

const digest = `sha256:${'0'.repeat(64)}`;

/** State by major. */
export type LineStates = Readonly<Record<number, string>>;

/** A `lines.yaml`; lines that end have days. */
export const linesYaml = (states: LineStates) =>
  `lines:\n${Object.entries(states)
    .map(([major, state]) => {
      const days = /deprecated|retired/.test(state) ? ', deprecatedAt: 2026-11-01, sunsetAt: 2027-06-30' : '';
      return `  - { major: ${major}, version: ${major}.0.0, state: ${state}, supergraph: "${digest}"${days} }\n`;
    })
    .join('')}`;

/** Over the versioned graph. */
export interface VersionedGateway extends RunningGateway, AsyncDisposable {
  /** What it logs. */
  readonly lines: string[];
  /** Another table. */
  write(states: LineStates): void;
  /** POSTs to a path. */
  ask(path: string, body: string | object, headers?: Record<string, string>): Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of many shapes
  readonly body: any;
  /** Codes of its errors. */
  readonly codes: string[];
}

/** One graph, and as many gateways over it as a test wants. */
export interface VersionedGateways extends AsyncDisposable {
  readonly graph: VersionedGraph;
  /** For files; it goes in the end. */
  readonly folder: string;
  serve(states: LineStates, config?: object): Promise<VersionedGateway>;
}

export async function startVersionedGateways(): Promise<VersionedGateways> {
  const graph = await startVersionedGraph();
  const folder = mkdtempSync(join(tmpdir(), 'tributary-lines-'));
  let count = 0;
  return {
    graph,
    folder,
    serve: (states, config = {}) => serve(graph, join(folder, `lines-${count++}.yaml`), states, config),
    async [Symbol.asyncDispose]() {
      await graph[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

async function serve(
  { supergraphSdl }: VersionedGraph,
  file: string,
  states: LineStates,
  config: object,
): Promise<VersionedGateway> {
  const write = (next: LineStates) => writeFileSync(file, linesYaml(next));
  write(states);
  const lines: string[] = [];
  const parsed = gatewayConfig.parse({
    server: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    rateLimit: { enabled: false },
    introspection: true,
    lines: { file, documentation: 'https://docs.example.com/versions' },
    ...config,
  });
  const logDestination = { write: (line: string) => lines.push(line) };
  const running = await startGateway(parsed, { supergraphSdl, logDestination, processMetrics: false });
  return {
    ...running,
    lines,
    write,
    async ask(path, body, headers = {}) {
      const response = await fetch(`${running.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
        body: JSON.stringify(typeof body === 'string' ? { query: body } : body),
      });
      // biome-ignore lint/suspicious/noExplicitAny: as `Reply` says
      const answer = (await response.json()) as any;
      const codes = (answer.errors ?? []).map(({ extensions }: { extensions: { code: string } }) => extensions.code);
      return { status: response.status, headers: response.headers, body: answer, codes };
    },
    async [Symbol.asyncDispose]() {
      await running.stop();
    },
  };
}
