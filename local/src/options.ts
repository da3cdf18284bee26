import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, commandLine, nearest } from '@tributary/service-kit';

/** Nothing here listens on an outside address: the demo's passwords are in the repository. */
export const LOOPBACK = '127.0.0.1';
export const GATEWAY_ADMIN_PORT = 9400;
export const OBSERVE_PORT = 4080;

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where the gateway will answer. */
export const publicUrlOf = ({ port }: Pick<LocalOptions, 'port'>): string => `http://localhost:${port}`;

export interface LocalOptions {
  /** Everything that is kept between starts. Default `.tributary/` in the repository. */
  dataFolder: string;
  /** Delete the data first. Default false. */
  fresh: boolean;
  /** The gateway's port. Default 4000. */
  port: number;
  /** Log level of every service, on standard output. Default `warn`. */
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Ports of the subgraphs and of all admin listeners: those of the repository, or any free ones (for tests). */
  ports: 'fixed' | 'free';
  /** Where every service sends its spans: OTLP over HTTP. Default: no spans are made. */
  traceEndpoint?: string;
  /** Show traces and metrics on a page of their own, on port 4080, or any free one; spans go there. Default false. */
  observe?: boolean;
}

/** Configuration that the gateway and every subgraph get here. */
export const commonSettings = ({ logLevel, traceEndpoint }: LocalOptions) => ({
  log: { level: logLevel },
  ...(traceEndpoint === undefined
    ? {}
    : // Somebody waits to see them.
      { tracing: { enabled: true, endpoint: traceEndpoint, exportInterval: '250ms' } }),
});

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
const FLAGS = {
  data: { type: 'string', default: '.tributary' },
  fresh: { type: 'boolean', default: false },
  port: { type: 'string', default: '4000' },
  log: { type: 'string', default: 'warn' },
  'free-ports': { type: 'boolean', default: false },
  observe: { type: 'boolean', default: false },
} as const;

export const USAGE = `Usage: npm start [-- FLAGS]
  --port N       where the gateway answers, default 4000
  --free-ports   everything else on any free port, so that several graphs run side by side
  --data FOLDER  what is kept between starts, default .tributary in the repository
  --fresh        starts over with an empty database
  --log LEVEL    ${LEVELS.join(', ')}; default warn
  --observe      shows every request as a waterfall, and metrics, at http://localhost:${OBSERVE_PORT}`;

/** `npm start -- --fresh --port 4010 --log info`. @throws ConfigError that names the flag and what it takes. */
export function localOptions(args: string[]): LocalOptions {
  const unknown = args.find((arg) => arg.startsWith('--') && !((arg.slice(2).split('=')[0] ?? '') in FLAGS));
  if (unknown !== undefined) {
    const near = nearest(unknown.slice(2), Object.keys(FLAGS));
    const hint = near === undefined ? '' : `; did you mean --${near}?`;
    throw new ConfigError(`Unknown option ${unknown}${hint}\n\n${USAGE}`);
  }
  const values = commandLine(args, FLAGS, USAGE);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new ConfigError('--port takes a port number.');
  const logLevel = LEVELS.find((level) => level === values.log);
  if (logLevel === undefined) throw new ConfigError(`--log takes one of ${LEVELS.join(', ')}.`);
  return {
    dataFolder: resolve(root, values.data),
    fresh: values.fresh,
    port,
    logLevel,
    ports: values['free-ports'] ? 'free' : 'fixed',
    observe: values.observe,
  };
}
