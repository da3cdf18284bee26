import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { savedObjects } from '../../observability/files/kibana/saved-objects.ts';
import { renderChart } from './render-chart.ts';

/** A query of log lines, with the place that it is in. */
export interface KqlSource {
  where: string;
  /** What stands for a value, of a template or a variable, is `x`. */
  query: string;
}

/**
 * Every query of log lines that people are led to: links of alerts, dashboards and traces, Kibana's saved objects, and the
 * documents. Grafana's are Lucene's, of which they use what KQL has too.
 */
export function kqlSources(root: string): KqlSource[] {
  const { objects } = renderChart({ chart: join(root, 'observability') });
  const kibana = savedObjects({ stream: 'logs-tributary-test', rejectedStream: 'logs-tributary.rejected-test' });
  return [
    ...objects.flatMap((object) =>
      queriesIn(object).map((query) => ({ where: `${object.kind} ${object.metadata.name}`, query })),
    ),
    ...kibana.flatMap((object) => queriesIn(object).map((query) => ({ where: `Kibana ${object.id}`, query }))),
    ...documentsIn(join(root, 'docs')).flatMap((file) =>
      queriesOfDocument(file).map((query) => ({ where: file, query })),
    ),
  ].map(({ where, query }) => ({ where, query: query.replaceAll(TEMPLATES, 'x') }));
}

/** Prometheus', Grafana's and Jaeger's. */
const TEMPLATES = /\{\{.*?\}\}|\$\$?\{[^}]+\}|#\{[^}]+\}|\$\w+/g;

/** Of anything that is JSON or YAML, also inside of texts. */
function queriesIn(value: unknown): string[] {
  if (typeof value === 'string') return queriesOfText(value);
  if (typeof value !== 'object' || value === null) return [];
  const { query, language, timeField } = value as Record<string, unknown>;
  const own = typeof query === 'string' && (language === 'kuery' || timeField !== undefined) ? [query] : [];
  return [...own, ...Object.values(value).flatMap(queriesIn)];
}

function queriesOfText(text: string): string[] {
  const links = [...text.matchAll(/language:kuery,query:'([^']*)'/g)].map(([, query = '']) =>
    decodeURIComponent(query),
  );
  // What begins with a template is no object.
  const parsed = text.includes('\n') || /^\{(?!\{)/.test(text) ? parsedOf(text) : undefined;
  return typeof parsed === 'object' ? queriesIn(parsed) : links;
}

function parsedOf(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

/** Spans of code in which a field is followed by a value without a blank, as nothing else is written. */
export const queriesOfDocument = (file: string): string[] =>
  [...proseOf(file).matchAll(/`([^`]+)`/g)]
    .map(([, span = '']) => span.replaceAll(/\s+/g, ' '))
    .filter((span) => /(^|[ (])[\w.@]+:["(*]/.test(span) && !/[{}]/.test(span));

/** Fields that a runbook names beside Kibana: `field …`, `by … and …`. */
export function fieldsOfDocument(file: string): string[] {
  const items = proseOf(file).split(/\n(?=-|\n)/);
  return items
    .filter((item) => item.includes('Kibana'))
    .flatMap((item) => [...item.matchAll(/\b(?:fields?|by) (`[\w.]+`(?:(?:,| and)\s+`[\w.]+`)*)/g)])
    .flatMap(([, names = '']) => [...names.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name));
}

/** Without blocks of code, whose fences would pair with other marks. */
const proseOf = (file: string): string => readFileSync(file, 'utf8').replaceAll(/^ *```.*?^ *```/gms, '');

export const documentsIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file))
    .sort();
