// Prepares Elasticsearch for log lines: lifecycle, templates, data streams, users, snapshots. Run as often as one likes.
//   node set-up.ts SETTINGS.json
// ELASTICSEARCH_URL, ELASTICSEARCH_USERNAME, ELASTICSEARCH_PASSWORD; WRITER_PASSWORD, READER_PASSWORD, MONITOR_PASSWORD,
// TRACES_PASSWORD and KIBANA_PASSWORD where it makes users. NODE_EXTRA_CA_CERTS for a certificate of one's own.
import { readFileSync } from 'node:fs';
import { createApi } from './api.ts';
import { type Passwords, setUpLogs } from './set-up-logs.ts';
import type { LogSettings } from './settings.ts';

const { ELASTICSEARCH_URL = '', ELASTICSEARCH_USERNAME = '', ELASTICSEARCH_PASSWORD = '' } = process.env;
const passwordOf = (user: keyof Passwords): string => process.env[`${user.toUpperCase()}_PASSWORD`] ?? '';
const passwords: Passwords = {
  writer: passwordOf('writer'),
  reader: passwordOf('reader'),
  monitor: passwordOf('monitor'),
  traces: passwordOf('traces'),
  kibana: passwordOf('kibana'),
};
const settings: LogSettings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const api = createApi({
  url: ELASTICSEARCH_URL,
  username: ELASTICSEARCH_USERNAME,
  password: ELASTICSEARCH_PASSWORD,
});
await setUpLogs(api, settings, passwords, console.log);
