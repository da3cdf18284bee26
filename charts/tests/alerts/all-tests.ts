import type { AlertTest, AlwaysFiring, RecordingTest } from './alert-test.ts';
import { breakerTests } from './breakers.ts';
import { commerceTests } from './commerce.ts';
import { eventTests } from './events.ts';
import { kubernetesTests } from './kubernetes.ts';
import { limitTests } from './limits.ts';
import { monitoringTests } from './monitoring.ts';
import { overloadTests } from './overload.ts';
import { persistedDocumentTests } from './persisted-documents.ts';
import { pipelineTests } from './pipeline.ts';
import { rateLimitTests } from './rate-limits.ts';
import { redTests } from './red.ts';
import { schemaTests } from './schema.ts';
import { serviceTests } from './services.ts';
import { sloRecordingTests, sloTests } from './slo.ts';
import { subscriptionTests } from './subscriptions.ts';

/** By the name of the rule file, without `.rules.yaml`. */
export const alertTests: Record<string, Record<string, AlertTest | AlwaysFiring>> = {
  commerce: commerceTests,
  edge: { ...limitTests, ...breakerTests, ...persistedDocumentTests, ...rateLimitTests, ...overloadTests },
  events: eventTests,
  kubernetes: kubernetesTests,
  monitoring: monitoringTests,
  pipeline: pipelineTests,
  schema: schemaTests,
  services: serviceTests,
  slo: sloTests,
  subscriptions: subscriptionTests,
};

export const recordingTests: Record<string, RecordingTest[]> = { red: redTests, slo: sloRecordingTests };

/** Windows of days would take long to walk through minute by minute. */
export const evaluationIntervals: Record<string, string> = { slo: '5m' };
