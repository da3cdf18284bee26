import type { Api } from './api.ts';
import {
  indexTemplate,
  lifecyclePolicy,
  mappingsComponent,
  monitorRole,
  namesOf,
  readerRole,
  settingsComponent,
  snapshotPolicy,
  snapshotRepository,
  streamsOf,
  tracesRole,
  user,
  writerRole,
} from './payloads.ts';
import type { LogSettings } from './settings.ts';

export type Passwords = Readonly<Record<'writer' | 'reader' | 'monitor' | 'traces' | 'kibana', string>>;

type Log = (line: string) => void;

/** Everything there is before a document comes: what a template needs comes before it. Each step replaces what is there. */
export async function setUpLogs(api: Api, settings: LogSettings, passwords: Passwords, log: Log): Promise<void> {
  const put = async (path: string, body: object): Promise<void> => {
    // 409: another set-up does the same at this moment.
    const { status } = await api('PUT', path, body, [409]);
    log(`${path}: ${status === 409 ? 'is being put by another' : 'put'}`);
  };
  for (const [stream, mappings, shards] of streamsOf(settings)) {
    const names = namesOf(stream);
    await put(`/_ilm/policy/${names.policy}`, lifecyclePolicy(settings.retention));
    await put(`/_component_template/${names.mappings}`, mappingsComponent(mappings));
    await put(`/_component_template/${names.settings}`, settingsComponent(stream, shards, settings.copies));
    await put(`/_index_template/${names.template}`, indexTemplate(stream));
    await ensureStream(api, stream, log);
    await ensureMappings(api, stream, mappings, log);
  }
  if (settings.users !== undefined) {
    const { users } = settings;
    const roles = [
      [users.writer, writerRole(settings), passwords.writer],
      [users.reader, readerRole(settings), passwords.reader],
      [users.monitor, monitorRole(), passwords.monitor],
      [users.traces, tracesRole(users.traceIndices), passwords.traces],
    ] as const;
    for (const [name, role, password] of roles) {
      await put(`/_security/role/${name}`, role);
      await put(`/_security/user/${name}`, user(password, name));
    }
    if (users.kibana) await put('/_security/user/kibana_system/_password', { password: passwords.kibana });
  }
  // The last: a repository is tried out when it is put, and everything else works without one.
  if (settings.snapshots !== undefined) {
    const { snapshots } = settings;
    if (snapshots.type !== '') await put(`/_snapshot/${snapshots.repository}`, snapshotRepository(snapshots));
    await put(`/_slm/policy/${settings.stream}`, snapshotPolicy(settings, snapshots));
  }
}

async function ensureStream(api: Api, stream: string, log: Log): Promise<void> {
  // 400: resource_already_exists_exception.
  const { status, body } = await api('PUT', `/_data_stream/${stream}`, undefined, [400, 409]);
  const exists = body?.error?.type === 'resource_already_exists_exception';
  if (status === 400 && !exists) throw new Error(`PUT /_data_stream/${stream}: ${JSON.stringify(body?.error)}`);
  log(`/_data_stream/${stream}: ${status === 200 ? 'made' : 'is there'}`);
}

/** A template is for indices to come. Where the one that is written to has older mappings, it gets a successor. */
async function ensureMappings(api: Api, stream: string, mappings: object, log: Log): Promise<void> {
  const { revision } = mappingsComponent(mappings).template.mappings._meta;
  const { body } = await api('GET', `/_data_stream/${stream}`);
  const writeIndex: string | undefined = body?.data_streams?.[0]?.indices?.at(-1)?.index_name;
  if (writeIndex === undefined) throw new Error(`GET /_data_stream/${stream}: it has no index`);
  const mapping = await api('GET', `/${writeIndex}/_mapping`);
  if (mapping.body?.[writeIndex]?.mappings?._meta?.revision === revision) return;
  await api('POST', `/${stream}/_rollover`);
  log(`/${stream}/_rollover: its new index has the mappings of revision ${revision}`);
}
