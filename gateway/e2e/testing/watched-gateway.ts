import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WatchedCommand, WatchedReport } from './watched-gateway-process.ts';

/** A gateway in a process of its own, whose event loop is watched. */
export interface WatchedGateway extends AsyncDisposable {
  readonly url: string;
  readonly adminUrl: string;
  /**
   * The longest that its event loop was busy in one go since this was last asked, in milliseconds: of its thread's CPU
   * time, and by the clock, which counts what else the machine did.
   */
  longestStall(): Promise<{ cpuMs: number; wallMs: number }>;
  /** Subscriptions hear of an event. */
  publish(type: string, data: object): void;
  /** Rejects when its process ends. */
  readonly died: Promise<never>;
}

const SCRIPT = fileURLToPath(new URL('./watched-gateway-process.ts', import.meta.url));
const REGISTER = new URL('../../../packages/service-kit/register.mjs', import.meta.url).href;
/** As the chart has it. */
const EXEC_ARGV = ['--max-semi-space-size=16', '--import', REGISTER];

/**
 * @param config Of the gateway, as its file would say it.
 * @param flags Of Node, beside the chart's; later ones count.
 */
export async function startWatchedGateway(
  config: object,
  supergraphSdl: string,
  flags: readonly string[] = [],
): Promise<WatchedGateway> {
  const execArgv = [...EXEC_ARGV, ...flags];
  const child = fork(SCRIPT, [], { execArgv, env: { ...process.env, NODE_OPTIONS: '' } });
  const ended = once(child, 'exit');
  const died = ended.then(([code, signal]): never => {
    throw new Error(`the gateway's process ended with ${code ?? signal}`);
  });
  died.catch(() => {});
  const asked = async (command: WatchedCommand): Promise<WatchedReport> => {
    const answer = once(child, 'message');
    child.send(command);
    const [report] = await Promise.race([answer, died]);
    return report;
  };
  const { url, adminUrl } = (await asked({ config, supergraphSdl })) as Extract<WatchedReport, { url: string }>;
  return {
    ...{ url, adminUrl, died },
    publish: (type, data) => void child.send({ event: { type, data } } satisfies WatchedCommand),
    longestStall: async () => (await asked('stalls')) as Extract<WatchedReport, { cpuMs: number }>,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
