// A process: the gateway, told by its parent what it serves, which is told in turn how long its event loop was busy.
import { inProcessBus } from '@tributary/service-kit';
import { testEvent } from '@tributary/service-kit/testing';
import { gatewayConfig } from '../../src/config/gateway-config.ts';
import { startGateway } from '../../src/start-gateway.ts';
import { watchStalls } from '../../src/testing/watch-stalls.ts';

/** What is sent to it: what to serve, first; then whether to tell of stalls, or an event that subscriptions hear. */
export type WatchedCommand =
  | { config: object; supergraphSdl: string }
  | { event: { type: string; data: object } }
  | 'stalls';
/** What it sends: where it serves; the longest stalls since it was last asked. Of an event: nothing. */
export type WatchedReport = { url: string; adminUrl: string } | { cpuMs: number; wallMs: number };

const bus = inProcessBus();
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
  if ('event' in command) {
    await bus.publish(testEvent(command.event.type, { data: command.event.data }));
    return;
  }
  const { supergraphSdl } = command;
  const parts = { supergraphSdl, events: bus.tail };
  const { url, adminUrl } = await startGateway(gatewayConfig.parse(command.config), parts);
  tell({ url, adminUrl });
});
process.once('disconnect', () => process.exit());
