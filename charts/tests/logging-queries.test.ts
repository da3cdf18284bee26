import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { codeOfServices, fieldProblems, kqlProblems } from '../testing/kql-problems.ts';
import { documentsIn, fieldsOfDocument, kqlSources, queriesOfDocument } from '../testing/kql-sources.ts';
import { prometheusRules } from '../testing/promql-sources.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const code = codeOfServices(root);
const sources = kqlSources(root);

describe('each query of log lines', () => {
  it('is found: in links of alerts, dashboards and traces, in Kibana, in the documents', () => {
    const from = (part: string) => sources.filter(({ where }) => where.includes(part)).length;
    const withLinks = prometheusRules(root).filter(({ annotations }) => annotations?.logs_url !== undefined).length;
    expect(from('ConfigMap tributary-prometheus-rules')).toBe(withLinks);
    expect(from('ConfigMap tributary-grafana')).toBeGreaterThan(5);
    expect(from('ConfigMap tributary-jaeger')).toBe(1);
    expect(from('Kibana ')).toBeGreaterThan(12);
    expect(from('docs/runbooks')).toBeGreaterThan(30);
  });

  it('can be read, and asks for fields that documents have, with values that they may have', () => {
    const problems = sources.flatMap(({ where, query }) =>
      kqlProblems(query, code).map((problem) => `${relative(root, where)}, ${query}: ${problem}`),
    );
    expect(problems).toEqual([]);
  });

  it('stands in its link so that the link does not end in it', () => {
    for (const { alert, annotations } of prometheusRules(root)) {
      const { logs_url: url = '' } = annotations ?? {};
      expect(url.replaceAll(/\{\{.*?\}\}/g, ''), alert).not.toMatch(/[\s"<>]/);
    }
  });
});

it('runbooks name fields that documents have', () => {
  const named = documentsIn(join(root, 'docs/runbooks')).flatMap((file) =>
    fieldsOfDocument(file).map((field) => ({ file: relative(root, file), field })),
  );
  expect(named.length).toBeGreaterThan(15);
  expect(
    named.flatMap(({ file, field }) => fieldProblems(field, code).map((problem) => `${file}: ${problem}`)),
  ).toEqual([]);
});

it('a query of a document is a span in which a field is followed by a value', () => {
  const runbook = join(root, 'docs/runbooks/EmailsFailing.md');
  expect(queriesOfDocument(runbook)).toEqual([
    'service:"notifications" and message:("delivery failed" or "delivery given up")',
  ]);
  expect(fieldsOfDocument(runbook)).toEqual(['fields.failure']);
});

describe('a mistake in a query is found', () => {
  it.each([
    ['fields.operation:"x"', 'operation is a field of its own, and not below fields'],
    ['fields.opreation:"x"', 'no line has opreation'],
    ['kind:"x"', 'documents have no field kind'],
    ['type:"subscription"', 'documents have no field type'],
    ['service:"gateway" and levels:"error"', 'documents have no field levels'],
    ['outcome:(partial or failed)', 'outcome is never failed'],
    ['level:"warning"', 'level is never warning'],
    ['not (level:error and transport:ws)', 'transport is never ws'],
    ['message:"slow operations"', 'no line has the message slow operations'],
    ['code:"PERSISTED_DOCUMENT_REFUSED"', 'no line has the code PERSISTED_DOCUMENT_REFUSED'],
    ['duration_ms > 5 and failure', 'failure is looked for in no field'],
    ['(level:error', 'the query ends too early'],
    ['level:error)', ') after the end'],
    ['level:error and', 'the query ends too early'],
    ['level:', 'the query ends too early'],
    ['level:error service:x', 'service after the end'],
    ['level: and service:x', 'and is no value'],
    ['level:(error or warn', 'the query ends too early'],
    ['message:"delivery', '"delivery cannot be read'],
  ])('%s', (query, problem) => {
    expect(kqlProblems(query, code)).toContain(problem);
  });

  it.each([
    '',
    '*',
    'service: gateway and not code: *',
    'not level:("trace" or "debug" or "info")',
    'duration_ms >= 500 and (kubernetes.labels.app:x or fields.reason:"a \\"b\\"")',
    'service:"NAME" AND level:(error OR fatal) OR outcome: failure',
  ])('what is right is left alone: %s', (query) => {
    expect(kqlProblems(query, code)).toEqual([]);
  });
});
