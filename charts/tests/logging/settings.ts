import type { LogSettings } from '../../../observability/files/elasticsearch/settings.ts';

/** Everything that a set-up may be told. */
export const fullSettings: LogSettings = {
  stream: 'logs-tributary-production',
  rejectedStream: 'logs-tributary.rejected-production',
  shards: 2,
  copies: 1,
  retention: { rolloverAge: '1d', rolloverSize: '30gb', warmAfter: '3d', deleteAfter: '30d' },
  snapshots: {
    repository: 'backup',
    type: 's3',
    settings: { bucket: 'my-logs' },
    schedule: '0 30 1 * * ?',
    expireAfter: '30d',
  },
  users: {
    writer: 'tributary_writer',
    reader: 'tributary_reader',
    monitor: 'tributary_monitor',
    traces: 'tributary_traces',
    traceIndices: 'tributary-jaeger-*',
    kibana: true,
  },
};
