// A process: the gateway, told by its parent what it serves, which is told in turn how long its event loop was busy.
import { gatewayConfig } from '../../src/config/gateway-config.ts';
import { startGateway } from '../../src/start-gateway.ts';
import { watchStalls } from '../../src/testing/watch-stalls.ts';

/** What is sent to it: what to serve, first; then whether to tell of stalls. */
export type WatchedCommand = { config: object; supergraphSdl: string } | 'stalls';
/** What it sends: where it serves; the longest stalls since it was last asked. */
export type WatchedReport = { url: string } | { cpuMs: number; wallMs: number };

const stalls = watchStalls();
const tell = (report: WatchedReport) => process.send?.(report);

process.on('message', async (command: WatchedCommand) => {
  if (command === 'stalls') {
    stalls.pause();
    tell({ cpuMs: stalls.cpuMs(), wallMs: stalls.wallMs() });
    stalls.reset();
    stalls.resume();
    return;
  }
  const { supergraphSdl } = command;
  const { url } = await startGateway(gatewayConfig.parse(command.config), { supergraphSdl });
  tell({ url });
});
process.once('disconnect', () => process.exit());
