// Gives Kibana its data views, saved searches, dashboards and rules. Run as often as one likes.
//   node set-up.ts SETTINGS.json
// KIBANA_URL, and ELASTICSEARCH_USERNAME, ELASTICSEARCH_PASSWORD of somebody who may do that.
import { readFileSync } from 'node:fs';
import { createApi } from '../elasticsearch/api.ts';
import type { KibanaSettings } from './saved-objects.ts';
import { setUpKibana } from './set-up-kibana.ts';

const { KIBANA_URL = '', ELASTICSEARCH_USERNAME = '', ELASTICSEARCH_PASSWORD = '' } = process.env;
const settings: KibanaSettings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const api = createApi({
  url: KIBANA_URL,
  username: ELASTICSEARCH_USERNAME,
  password: ELASTICSEARCH_PASSWORD,
  headers: { 'kbn-xsrf': 'true' },
});
await setUpKibana(api, settings, console.log);
