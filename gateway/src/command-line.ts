import { ConfigError, commandLine, loadConfig } from '@tributary/service-kit';
import { z } from 'zod';
import { type GatewayConfig, gatewayConfig } from './config/gateway-config.ts';

export const USAGE = `Usage: npm run gateway -- --supergraph FILE [--port N] [--config FILE]
  --supergraph  the composed supergraph
  --port        where it answers, default 4000; its admin listener is at N + 5400
  --config      YAML; gateway/README.md lists the keys`;

/** The admin listener's port is the public one's plus this: 4000 and 9400, as for every service. */
const ADMIN_PORT_DISTANCE = 5400;

/**
 * The configuration of `npm run gateway -- --supergraph FILE --port N [--config FILE]`. With `--port` the admin
 * listener moves along (to a free port beyond 65535), unless the configuration says where it is.
 *
 * @throws ConfigError
 */
export function configFromCommandLine(args: readonly string[]): GatewayConfig {
  const { supergraph, port, config } = parse(args);
  const adminPort = Number(port ?? 4000) + ADMIN_PORT_DISTANCE;
  const schema = gatewayConfig.extend({
    admin: z
      .strictObject({
        host: z.string().default('0.0.0.0'),
        port: z
          .int()
          .min(0)
          .max(65535)
          .default(port === '0' || adminPort > 65535 ? 0 : adminPort),
      })
      .prefault({}),
  });
  const loaded = loadConfig(schema, {
    files: config === undefined ? [] : [config],
    overrides: {
      ...(supergraph === undefined ? {} : { supergraph }),
      ...(port === undefined ? {} : { server: { port: Number(port) } }),
    },
  });
  if (loaded.supergraph === undefined) throw new ConfigError(`No supergraph is named.\n\n${USAGE}`);
  return loaded;
}

function parse(args: readonly string[]) {
  const options = { supergraph: { type: 'string' }, port: { type: 'string' }, config: { type: 'string' } } as const;
  const values = commandLine(args, options, USAGE);
  if (values.port !== undefined && !/^\d+$/.test(values.port)) {
    throw new ConfigError(`--port takes a port number.\n\n${USAGE}`);
  }
  return values;
}
