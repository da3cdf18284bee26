export { type AdminListener, createAdminListener } from './admin/admin-listener.ts';
export { commandLine } from './config/command-line.ts';
export { ConfigError, type ConfigSources, loadConfig } from './config/load-config.ts';
export { nearest } from './config/nearest.ts';
export { longSecret, Secret, secret } from './config/secret.ts';
export { type SubgraphConfig, serviceConfig, subgraphConfig } from './config/service-config.ts';
export { bytes, duration } from './config/units.ts';
export { afterCommit, type Database, type Db, refuseInsideTransaction } from './database/database.ts';
export { type DatabaseRefusal, databaseRefusal } from './database/database-refusal.ts';
export { pgliteDatabase } from './database/pglite-database.ts';
export { postgresDatabase } from './database/postgres-database.ts';
export { provisionServices } from './database/provision.ts';
export { createRowCipher, type RowCipher } from './database/row-cipher.ts';
export { waitForDatabase } from './database/wait-for-database.ts';
export { type ErrorCode, errorCatalogue } from './errors/catalogue.ts';
export { CodedError } from './errors/coded-error.ts';
export { DomainError, domainErrorCode } from './errors/domain-error.ts';
export { invalidInput } from './errors/invalid-input.ts';
export { notFound } from './errors/not-found.ts';
export { payload } from './errors/payload.ts';
export { type EventHandler, onEvent } from './events/consumer.ts';
export { type CloudEvent, defineEvent, type EventDefinition } from './events/event.ts';
export type { EventBus } from './events/event-bus.ts';
export { createEventOperator, type EventOperator } from './events/event-operator.ts';
export { acceptedSchema, type JsonSchema, publishedSchema } from './events/event-schema.ts';
export type { EventFollower, EventTail, LogPart, LogPosition, LogRange, TailedEvent } from './events/event-tail.ts';
export { type InProcessBus, inProcessBus } from './events/in-process-bus.ts';
export { type KeyedQueue, keyedQueue } from './events/nats/keyed-queue.ts';
export { type NatsBusOptions, natsBus } from './events/nats/nats-bus.ts';
export { type NatsConfig, natsConfig } from './events/nats/nats-config.ts';
export { type NatsTailOptions, natsTail } from './events/nats/nats-tail.ts';
export type { EmitEvent } from './events/outbox.ts';
export { listLoader, rowLoader, sliceLoader } from './graphql/batch.ts';
export {
  type Connection,
  type ConnectionArguments,
  connectionOf,
  type IdSlice,
  idConnection,
  idSlice,
} from './graphql/connection.ts';
export { coordinatesOf } from './graphql/coordinates-of.ts';
export { operationRules } from './graphql/operation-rules.ts';
export {
  checkLimit,
  decodeCursor,
  encodeCursor,
  type Page,
  pageFrom,
  paginationOf,
} from './graphql/page.ts';
export { withoutValue } from './graphql/without-value.ts';
export { CLIENT_CLOSED_REQUEST, tellCause, tellOutcome, tellRefusal, writeAccessLine } from './http/access-line.ts';
export { boundedText } from './http/bounded-text.ts';
export { DEADLINE_HEADER } from './http/deadline.ts';
export { createHttpServer, type HttpServer } from './http/http-server.ts';
export { isId } from './http/is-id.ts';
export { newId } from './http/new-id.ts';
export { requestIdFrom } from './http/request-id.ts';
export { requestMetrics } from './http/request-metrics.ts';
export { asCodedError, sendError } from './http/send-error.ts';
export type { ServiceClient } from './http/service-client.ts';
export { accountOf } from './identity/account-of.ts';
export { hashedId } from './identity/hashed-id.ts';
export {
  anonymous,
  type Identity,
  isAdmin,
  maySee,
  ROLES,
  type Role,
  requireAdmin,
  requireUser,
} from './identity/identity.ts';
export { identityKey } from './identity/identity-key.ts';
export {
  createServiceIdentityIssuer,
  createServiceIdentityVerifier,
  generateServiceKeyPair,
  type ServiceIdentityIssuer,
  type ServiceKeyPair,
} from './identity/service-identity.ts';
export { isPlainText, longText, optionalText, plainText } from './input/input-text.ts';
export { exitAtOnceOnSignals } from './lifecycle/exit-at-once-on-signals.ts';
export { exitOnSignals } from './lifecycle/exit-on-signals.ts';
export { type Component, Lifecycle } from './lifecycle/lifecycle.ts';
export { type Job, periodicJob } from './lifecycle/periodic-job.ts';
export { errorFields } from './log/error-fields.ts';
export { createLogger, type Logger } from './log/logger.ts';
export { type AccessFields, currentOperation, inOperation, withOperation } from './log/operation-context.ts';
export type { CounterSeries, Observe } from './metrics/counted-series.ts';
export { type MetricDefinition, type MetricName, metricDefinitions } from './metrics/definitions.ts';
export { type ExportedMetric, exportedMetrics, isExporter } from './metrics/exported-metrics.ts';
export { createMetrics, type Metrics } from './metrics/metrics.ts';
export { operationMetrics } from './metrics/operation-metrics.ts';
export { knownCode, operationOutcome, tellingCode } from './metrics/operation-outcome.ts';
export { CURRENCIES, type Currency, isTraded, type Money, money } from './money/money.ts';
export {
  defineSubgraph,
  type RequestScope,
  type Routes,
  type ServiceKit,
  type Subgraph,
  type SubgraphDefinition,
} from './subgraph/define-subgraph.ts';
export { runSubgraph } from './subgraph/run-subgraph.ts';
export { type RunningSubgraph, type SharedParts, startSubgraph } from './subgraph/start-subgraph.ts';
export { currentTraceHeaders, currentTraceparent, linkActiveSpan, linksTo, startEntrySpan } from './tracing/context.ts';
export { inClientSpan, inHttpClientSpan, recordHttpStatus, serverOf } from './tracing/http-client-span.ts';
export { operationAttributes, operationName } from './tracing/operation-attributes.ts';
export { CLIENT_NAME, CLIENT_VERSION, operationBaggage } from './tracing/operation-baggage.ts';
export { recordActiveFailure, recordCode, recordFailure } from './tracing/span-failure.ts';
export { createTracing, inEntrySpan, inSpan, tracingConfig } from './tracing/tracing.ts';
export { documentHash } from './usage/document-hash.ts';
export { FileUsageStore } from './usage/file-usage-store.ts';
export { hourOf } from './usage/hour-of.ts';
export { openPostgresUsage } from './usage/open-postgres-usage.ts';
export { type OperationUsage, operationHash, operationUsage } from './usage/operation-usage.ts';
export type { UsageBucket, UsageTotal } from './usage/usage-bucket.ts';
export { type UsageStore, UsageUnreadableError } from './usage/usage-store.ts';
export { type CountVariables, variableUsage } from './usage/variable-usage.ts';
