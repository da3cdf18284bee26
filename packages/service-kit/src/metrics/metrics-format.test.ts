import { expect, test } from 'vitest';
import { metricsFormat } from './metrics-format.ts';

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';

test.each([
  ['openmetrics', PROMETHEUS_2],
  ['openmetrics', PROMETHEUS_3],
  ['openmetrics', 'application/vnd.google.protobuf;encoding=delimited;q=0.6,application/openmetrics-text;q=0.5'],
  ['openmetrics', 'Application/OpenMetrics-Text; Version=1.0.0; Q=1'],
  ['text', 'application/openmetrics-text;version=0.0.1'],
  ['text', 'application/openmetrics-text;version=1.0.0;q=0'],
  ['text', 'application/openmetrics-text;q=0.1,text/plain;q=0.2'],
  ['text', 'application/openmetrics-text;q=x'],
  ['text', 'text/plain'],
  ['text', '*/*'],
  ['text', ''],
  ['text', undefined],
])('%s to who accepts %s', (format, accept) => {
  expect(metricsFormat(accept)).toBe(format);
});
