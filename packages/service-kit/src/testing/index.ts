export { eachEngine, type TestDatabase } from './test-database.ts';
export { startTestSubgraph, type TestSubgraph } from './test-subgraph.ts';
export { until } from './until.ts';
