import type { Api } from '../elasticsearch/api.ts';
import { alertRules, rulePayload, serverLog } from './alert-rules.ts';
import { DEFAULT_VIEW, type KibanaSettings, savedObjects } from './saved-objects.ts';

type Log = (line: string) => void;

/** What is there under the same id is replaced. */
export async function setUpKibana(api: Api, settings: KibanaSettings, log: Log): Promise<void> {
  await importObjects(api, settings, log);
  // What Discover opens with. Where somebody has chosen another one, that stays.
  await api('POST', '/api/data_views/default', { data_view_id: DEFAULT_VIEW, force: false });
  const { connector_type_id: _, ...changeable } = serverLog.body;
  await createOrReplace(api, `/api/actions/connector/${serverLog.id}`, { whole: serverLog.body, changeable }, log);
  for (const rule of alertRules) {
    await createOrReplace(api, `/api/alerting/rule/${rule.id}`, rulePayload(rule, settings.stream), log);
  }
}

async function importObjects(api: Api, settings: KibanaSettings, log: Log): Promise<void> {
  const lines = savedObjects(settings).map((object) => JSON.stringify(object));
  const form = new FormData();
  form.append('file', new File([lines.join('\n')], 'tributary.ndjson', { type: 'application/ndjson' }));
  const { body } = await api('POST', '/api/saved_objects/_import?overwrite=true', form);
  // 200 although some were refused.
  if (body?.success !== true) throw new Error(`saved objects were refused: ${JSON.stringify(body?.errors ?? body)}`);
  log(`/api/saved_objects/_import: ${body.successCount} objects`);
}

/** What is there answers 409 to POST; PUT takes less than POST. */
async function createOrReplace(
  api: Api,
  path: string,
  { whole, changeable }: { whole: object; changeable: object },
  log: Log,
): Promise<void> {
  const { status } = await api('POST', path, whole, [409]);
  if (status === 409) await api('PUT', path, changeable);
  log(`${path}: ${status === 409 ? 'replaced' : 'made'}`);
}
