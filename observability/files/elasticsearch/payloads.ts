import { createHash } from 'node:crypto';
import { logMappings, rejectedMappings } from './mappings.ts';
import type { LogSettings, Retention, Snapshots } from './settings.ts';

/** Above 100, that of Elasticsearch's own template for `logs-*-*`. */
const PRIORITY = 200;

/** Names of everything that belongs to a stream. */
export const namesOf = (stream: string) => ({
  policy: stream,
  mappings: `${stream}@mappings`,
  settings: `${stream}@settings`,
  template: stream,
});

/** The lifecycle of a stream's indices: written to, only read, deleted. */
export const lifecyclePolicy = ({ rolloverAge, rolloverSize, warmAfter, deleteAfter }: Retention) => ({
  policy: {
    phases: {
      hot: {
        min_age: '0ms',
        actions: {
          rollover: { max_age: rolloverAge, max_primary_shard_size: rolloverSize },
          set_priority: { priority: 100 },
        },
      },
      ...(warmAfter !== '' && {
        warm: {
          min_age: warmAfter,
          actions: { readonly: {}, forcemerge: { max_num_segments: 1 }, set_priority: { priority: 50 } },
        },
      }),
      delete: { min_age: deleteAfter, actions: { delete: {} } },
    },
  },
});

/** `_meta.revision` tells whether an index has these mappings already. */
export function mappingsComponent(mappings: object) {
  const revision = createHash('sha256').update(JSON.stringify(mappings)).digest('hex').slice(0, 16);
  return { template: { mappings: { _meta: { revision }, ...mappings } } };
}

export const settingsComponent = (stream: string, shards: number, copies: number) => ({
  template: {
    settings: {
      index: {
        lifecycle: { name: namesOf(stream).policy },
        number_of_shards: shards,
        number_of_replicas: copies,
        codec: 'best_compression',
        refresh_interval: '5s',
        query: { default_field: ['message', 'err.message', 'err.stack'] },
      },
    },
  },
});

export const indexTemplate = (stream: string) => ({
  index_patterns: [stream],
  data_stream: {},
  priority: PRIORITY,
  composed_of: [namesOf(stream).mappings, namesOf(stream).settings],
  _meta: { description: 'Log lines of Tributary' },
});

export const snapshotRepository = ({ type, settings }: Snapshots) => ({ type, settings });

/** A snapshot of both streams, at the times of the schedule. */
export const snapshotPolicy = ({ stream, rejectedStream }: LogSettings, snapshots: Snapshots) => ({
  schedule: snapshots.schedule,
  name: `<${stream}-{now/d}>`,
  repository: snapshots.repository,
  config: { indices: [stream, rejectedStream], include_global_state: false },
  retention: { expire_after: snapshots.expireAfter, min_count: 1, max_count: 100 },
});

/** Who writes may add documents, and nothing else: a stream is not made by a document that comes before the set-up. */
export const writerRole = ({ stream, rejectedStream }: LogSettings) => ({
  cluster: ['monitor'],
  indices: [{ names: [stream, rejectedStream], privileges: ['create_doc'] }],
});

/** Who shows lines. */
export const readerRole = ({ stream, rejectedStream }: LogSettings) => ({
  indices: [{ names: [stream, rejectedStream], privileges: ['read', 'view_index_metadata'] }],
});

/** Who keeps traces makes templates and indices for them, and deletes what is old. */
export const tracesRole = (indices: string) => ({
  cluster: ['monitor', 'manage_index_templates'],
  indices: [{ names: [indices], privileges: ['all'] }],
});

/** Who reads for metrics: the cluster's state, how its lifecycles get on, and which snapshots there are. */
export const monitorRole = () => ({
  cluster: ['monitor', 'read_ilm', 'monitor_snapshot'],
  indices: [{ names: ['*'], privileges: ['monitor', 'view_index_metadata'] }],
});

export const user = (password: string, role: string) => ({ password, roles: [role] });

/** Everything that has mappings: [stream, mappings, shards]. */
export const streamsOf = ({ stream, rejectedStream, shards }: LogSettings): [string, object, number][] => [
  [stream, logMappings, shards],
  [rejectedStream, rejectedMappings, 1],
];
