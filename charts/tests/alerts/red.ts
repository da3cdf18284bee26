import type { RecordingTest } from './alert-test.ts';

const gateway = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-x2x4z",service="gateway"';
const route = 'method="POST",route="/graphql"';
const known = 'operation="PlaceOrder",type="mutation"';

const series = {
  [`http_requests_total{${gateway},${route},status="200"}`]: '0+90x20',
  [`http_requests_total{${gateway},${route},status="503"}`]: '0+30x20',
  [`http_request_duration_seconds_bucket{${gateway},${route},status="200",le="0.1"}`]: '0+60x20',
  [`http_request_duration_seconds_bucket{${gateway},${route},status="200",le="+Inf"}`]: '0+60x20',
  [`graphql_operations_total{${gateway},${known},outcome="success",client="other",line=""}`]: '0+45x20',
  [`graphql_operations_total{${gateway},${known},outcome="failure",client="other",line=""}`]: '0+15x20',
  [`graphql_operation_duration_seconds_bucket{${gateway},${known},outcome="success",le="0.5"}`]: '0+60x20',
  [`graphql_operation_duration_seconds_bucket{${gateway},${known},outcome="success",le="+Inf"}`]: '0+60x20',
  [`graphql_subgraph_fetch_duration_seconds_count{${gateway},subgraph="orders",outcome="ok"}`]: '0+108x20',
  [`graphql_subgraph_fetch_duration_seconds_count{${gateway},subgraph="orders",outcome="deadline"}`]: '0+12x20',
  [`graphql_subgraph_fetch_duration_seconds_count{${gateway},subgraph="orders",outcome="cancelled"}`]: '0+60x20',
  [`graphql_subgraph_fetch_duration_seconds_bucket{${gateway},subgraph="orders",outcome="ok",le="0.25"}`]: '0+60x20',
  [`graphql_subgraph_fetch_duration_seconds_bucket{${gateway},subgraph="orders",outcome="ok",le="+Inf"}`]: '0+60x20',
};

const ofService = '{namespace="shop",service="gateway"}';
const ofOperation = '{namespace="shop",operation="PlaceOrder",type="mutation"}';
const ofSubgraph = '{namespace="shop",subgraph="orders"}';

const test = (name: string, labels: string, value: number): RecordingTest => ({
  series,
  expr: name,
  at: '15m',
  samples: [{ labels: `${name}${labels}`, value }],
});

export const redTests: RecordingTest[] = [
  test('service:http_requests:rate5m', ofService, 2),
  test('service:http_requests_failed:ratio_rate5m', ofService, 0.25),
  test('service:http_request_duration_seconds:p95_5m', ofService, 0.095),
  test('operation:graphql_operations:rate5m', ofOperation, 1),
  test('operation:graphql_operations_failed:ratio_rate5m', ofOperation, 0.25),
  test('operation:graphql_operation_duration_seconds:p95_5m', ofOperation, 0.475),
  test('subgraph:graphql_subgraph_fetches:rate5m', ofSubgraph, 2),
  test('subgraph:graphql_subgraph_fetches_failed:ratio_rate5m', ofSubgraph, 0.1),
  test('subgraph:graphql_subgraph_fetch_duration_seconds:p95_5m', ofSubgraph, 0.2375),
];
