/** One series; equal ones are the same object, so that it can be a key. */
export interface Series {
  name: string;
  labels: Readonly<Record<string, string>>;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: -?\d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Record<string, string> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/** Reads Prometheus' text format (0.0.4). What is no sample is passed over. */
export class PrometheusText {
  readonly #known = new Map<string, Series>();

  /** The samples whose metric `isWanted`. */
  read(text: string, isWanted: (name: string) => boolean): Map<Series, number> {
    const samples = new Map<Series, number>();
    for (const line of text.split('\n')) {
      if (line.startsWith('#')) continue;
      const [, name, labels = '', value = ''] = LINE.exec(line) ?? [];
      if (name !== undefined && isWanted(name)) samples.set(this.#series(name, labels), numberOf(value));
    }
    return samples;
  }

  #series(name: string, labels: string): Series {
    const key = `${name}{${labels}}`;
    const series = this.#known.get(key) ?? { name, labels: labelsOf(labels) };
    this.#known.set(key, series);
    return series;
  }
}

const labelsOf = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, name = '', value = '']) => [
      name,
      value.replace(/\\[n"\\]/g, (escaped) => ESCAPES[escaped] ?? ''),
    ]),
  );

/** `+Inf` and `-Inf` are not written as JavaScript writes them. */
const numberOf = (value: string) => Number(value.replace(/Inf$/, 'Infinity'));
