/** One line of a scrape. */
export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
  exemplar?: Exemplar;
}

export interface Exemplar {
  labels: Readonly<Record<string, string>>;
  value: number;
  timestamp: number;
}

/** A metric with all of its samples. */
export interface MetricFamily {
  /** Of counters with `_total`, in both formats. */
  name: string;
  type: string;
  help: string;
  samples: Sample[];
}

const NUMBER = String.raw`([+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf|NaN))`;
const LABELS = String.raw`\{((?:[a-z_]\w*="(?:[^"\\\n]|\\["\\n])*"(?:,|(?=\})))*)\}`;
const SAMPLE = new RegExp(`^([a-z_:][\\w:]*)(?:${LABELS})? ${NUMBER}(?: # ${LABELS} ${NUMBER} ${NUMBER})?$`, 'i');
const META = /^# (HELP|TYPE) ([a-z_:][\w:]*) (.*)$/i;
/** Of an exemplar's labels, names and values together (OpenMetrics 1.0, "Exemplars"). */
const MAX_EXEMPLAR_LENGTH = 128;
const END = '# EOF\n';

/**
 * Reads strictly what `/metrics` answers: Prometheus' text format 0.0.4, or OpenMetrics 1.0.
 *
 * @returns metrics by name
 * @throws Error that quotes the line or names the metric, for whatever the format forbids
 */
export function readMetrics(text: string, format: 'text' | 'openmetrics'): Map<string, MetricFamily> {
  const isOpen = format === 'openmetrics';
  if (!text.endsWith(isOpen ? `\n${END}` : '\n')) throw new Error('the end is missing');
  const lines = text
    .slice(0, isOpen ? -END.length : undefined)
    .split('\n')
    .slice(0, -1);
  const families = new Map<string, MetricFamily>();
  let family: MetricFamily | undefined;
  for (const line of lines) {
    // Only text may have empty lines.
    if (line === '' && !isOpen) continue;
    const [, keyword, metric = '', rest = ''] = META.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (families.has(metric)) throw new Error(`${metric} is there twice`);
      family = { name: metric, type: '', help: rest, samples: [] };
      families.set(metric, family);
    } else if (keyword === 'TYPE') {
      if (family?.name !== metric || family.type !== '') throw new Error(`not after its HELP: ${line}`);
      family.type = rest;
    } else {
      if (family === undefined) throw new Error(`of no metric: ${line}`);
      family.samples.push(readSample(line, isOpen));
    }
  }
  return new Map(Array.from(families.values(), (each) => checked(each, isOpen)).map((each) => [each.name, each]));
}

function readSample(line: string, isOpen: boolean): Sample {
  const [, name, labels, value, exemplarLabels, exemplarValue, timestamp] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`no sample: ${line}`);
  const sample = { name, labels: readLabels(labels), value: readNumber(value) };
  if (timestamp === undefined) return sample;
  if (!isOpen) throw new Error(`an exemplar, which text cannot have: ${line}`);
  const exemplar = {
    labels: readLabels(exemplarLabels),
    value: readNumber(exemplarValue),
    timestamp: readNumber(timestamp),
  };
  if (Object.entries(exemplar.labels).flat().join('').length > MAX_EXEMPLAR_LENGTH) {
    throw new Error(`its exemplar is too long: ${line}`);
  }
  return { ...sample, exemplar };
}

function readLabels(text = ''): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
    if (Object.hasOwn(labels, name)) throw new Error(`label ${name} is there twice: ${text}`);
    labels[name] = value.replaceAll(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}

const readNumber = (text = ''): number => Number(text.replace(/Inf$/i, 'Infinity'));

/** @returns it under its whole name */
function checked(family: MetricFamily, isOpen: boolean): MetricFamily {
  const { type, samples } = family;
  const name = isOpen && type === 'counter' ? `${family.name}_total` : family.name;
  const names = type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name];
  const series = new Set<string>();
  for (const sample of samples) {
    if (!names.includes(sample.name)) throw new Error(`${sample.name} is no sample of the ${type} ${name}`);
    if (sample.exemplar !== undefined && !/_(bucket|total)$/.test(sample.name)) {
      throw new Error(`${sample.name} cannot have an exemplar`);
    }
    if (type === 'counter' && !(sample.value >= 0)) throw new Error(`${name} is ${sample.value}`);
    const key = `${sample.name} ${keyOf(sample.labels)}`;
    if (series.has(key)) throw new Error(`${key} is there twice`);
    series.add(key);
  }
  if (type === 'histogram') checkBuckets(family);
  return { ...family, name };
}

function checkBuckets({ name, samples }: MetricFamily): void {
  const groups = Map.groupBy(samples, ({ labels: { le: _, ...labels } }) => keyOf(labels));
  for (const [key, ofSeries] of groups) {
    const count = ofSeries.find((sample) => sample.name === `${name}_count`)?.value;
    let below = { bound: Number.NEGATIVE_INFINITY, value: 0 };
    for (const { labels, value, exemplar } of ofSeries.filter((sample) => sample.name === `${name}_bucket`)) {
      const bound = readNumber(labels.le);
      if (!(bound > below.bound && value >= below.value)) throw new Error(`${name} ${key}: buckets are not in order`);
      if (exemplar !== undefined && !(exemplar.value <= bound && exemplar.value > below.bound)) {
        throw new Error(`${name} ${key}: an exemplar of another bucket is at ${bound}`);
      }
      below = { bound, value };
    }
    if (below.bound !== Number.POSITIVE_INFINITY || below.value !== count) {
      throw new Error(`${name} ${key}: the last bucket does not hold everything`);
    }
  }
}

const keyOf = (labels: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(labels).sort());
