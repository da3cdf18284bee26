import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { lanes } from '../../../scripts/testing/lanes.ts';
import { endWithUs } from './end-with-us.ts';
import { untilListening } from './until-listening.ts';

/** A NATS server with JetStream, on one port and one storage folder for all its restarts. */
export interface BrokerProcess {
  readonly url: string;
  readonly port: number;
  /** Messages that wait for a consumer, or for an acknowledgement, all consumers together. */
  pending(): Promise<number>;
  start(): Promise<void>;
  /** Ends it, by default in an orderly way; clients lose their connections, and what it has stored stays. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

interface Monitoring {
  account_details?: { stream_detail?: { consumer_detail?: { num_pending: number; num_ack_pending: number }[] }[] }[];
}

const START_TIMEOUT_MS = 20_000;
const MONITORING_TIMEOUT_MS = 2000;

/** @throws Error when this machine has no nats-server */
export function createBroker(folder: string, port: number, monitoringPort: number): BrokerProcess {
  mkdirSync(folder, { recursive: true });
  const binary = lanes.nats.find();
  if (binary === undefined) throw new Error(`NATS is missing: install ${lanes.nats.install}.`);
  const log = openSync(join(folder, 'nats.log'), 'a');
  let server: ChildProcess | undefined;
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    pending: () => pendingAt(monitoringPort),
    async start() {
      const args = [
        '-js',
        '-sd',
        join(folder, 'data'),
        '-a',
        '127.0.0.1',
        '-p',
        String(port),
        '-m',
        String(monitoringPort),
      ];
      server = endWithUs(spawn(binary, args, { stdio: ['ignore', log, log] }));
      if (await untilListening(port, AbortSignal.timeout(START_TIMEOUT_MS))) return;
      throw new Error(`nats-server does not listen after ${START_TIMEOUT_MS / 1000} s: see ${folder}`);
    },
    async stop(signal = 'SIGTERM') {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
      const exited = once(server, 'exit');
      server.kill(signal);
      await exited;
    },
  };
}

async function pendingAt(monitoringPort: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${monitoringPort}/jsz?consumers=true`, {
    signal: AbortSignal.timeout(MONITORING_TIMEOUT_MS),
  });
  const { account_details: accounts = [] } = (await response.json()) as Monitoring;
  const streams = accounts.flatMap(({ stream_detail: streams = [] }) => streams);
  const consumers = streams.flatMap(({ consumer_detail: consumers = [] }) => consumers);
  return consumers.reduce((sum, { num_pending, num_ack_pending }) => sum + num_pending + num_ack_pending, 0);
}
