export { eachBus } from './each-bus.ts';
export { type JsonSchemaCheck, jsonSchemaCheck } from './json-schema-check.ts';
export { createPostgresDatabase, type PostgresTestDatabase } from './postgres-test-database.ts';
export { eachEngine, type TestDatabase } from './test-database.ts';
export { startTestSubgraph, type TestSubgraph } from './test-subgraph.ts';
export { until } from './until.ts';
