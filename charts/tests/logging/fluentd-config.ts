/** A section of a Fluentd configuration: `<match **>`, with what is in it. */
export interface Section {
  /** `match`, `buffer`, …; the file itself is `root`. */
  name: string;
  argument: string;
  parameters: ReadonlyMap<string, string>;
  sections: readonly Section[];
}

/**
 * Reads the shape of a configuration: https://docs.fluentd.org/configuration/config-file. Values are left as they are.
 *
 * @throws for a line that is no comment, section or parameter, a section that does not end, and a parameter given twice
 */
export function fluentdConfig(text: string, file: string): Section {
  const root = open('root', '');
  const path = [root];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    const where = `${file}:${index + 1}`;
    const here = path.at(-1) ?? root;
    if (line === '' || line.startsWith('#')) continue;
    const [, closes] = /^<\/(\w+)>$/.exec(line) ?? [];
    const [, opens, argument] = /^<(\w+)(?:\s+(.+))?>$/.exec(line) ?? [];
    if (closes !== undefined) {
      if (closes !== here.name) throw new Error(`${where}: </${closes}> ends <${here.name}>`);
      path.pop();
    } else if (opens !== undefined) {
      const section = open(opens, argument ?? '');
      here.sections.push(section);
      path.push(section);
    } else {
      const [, key, value] = /^(@?\w+)\s+(.+)$/.exec(line) ?? [];
      if (key === undefined || value === undefined) throw new Error(`${where}: ${line} is no parameter`);
      if (key !== '@include' && here.parameters.has(key)) throw new Error(`${where}: ${key} is given twice`);
      here.parameters.set(key === '@include' ? `@include ${value}` : key, value);
    }
  }
  if (path.length > 1) throw new Error(`${file}: <${path.at(-1)?.name}> does not end`);
  return root;
}

const open = (name: string, argument: string) => ({
  name,
  argument,
  parameters: new Map<string, string>(),
  sections: [] as Section[],
});

/** A section and everything below it. */
export const sectionsIn = (section: Section): Section[] => [section, ...section.sections.flatMap(sectionsIn)];
