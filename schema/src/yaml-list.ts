import { nearest } from '@tributary/service-kit';
import { isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument, type YAMLMap } from 'yaml';
import type { Finding } from './finding.ts';

/** What one key of an item is to be. */
export interface KeyRule<T> {
  isRequired(item: Partial<T>): boolean;
  isValid(value: unknown, item: Partial<T>): boolean;
  /** Completes a sentence that begins with the key: `is a whole number from 1`. */
  expected: string;
  /** Why the item must not have the key; undefined where it may. */
  refusal?(item: Partial<T>): string | undefined;
}

export interface YamlListForm<T> {
  /** Relative to the root. */
  file: string;
  /** Of the findings. */
  code: string;
  /** The file's one key. */
  key: string;
  /** What an item is, for messages: `A version line`. */
  item: string;
  rules: { readonly [K in keyof T]-?: KeyRule<T> };
  /** What items must be beside each other; asked when each is valid by itself. */
  together?(items: readonly T[], refuse: (index: number, message: string) => void): void;
}

/**
 * A file with one key that holds a list of items, read strictly: what is wrong is an error with its place, and an unknown
 * key names the nearest. There are no items when there are findings.
 */
export function readYamlList<T extends object>(
  text: string,
  form: YamlListForm<T>,
): { items: T[]; findings: Finding[] } {
  const counter = new LineCounter();
  const findings: Finding[] = [];
  const refuse = (offset: number, message: string) => {
    const { line, col: column } = counter.linePos(offset);
    const source = text.split('\n')[line - 1];
    const place = { file: form.file, line, column, ...(source === undefined ? {} : { source }) };
    findings.push({ severity: 'error', code: form.code, message, ...place });
  };
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  for (const { pos, message } of document.errors) refuse(pos[0], `This is not YAML: ${message}.`);
  if (findings.length > 0) return { items: [], findings };

  const top = document.contents;
  const list = isMap(top) ? top.get(form.key, true) : undefined;
  if (isMap(top)) refuseUnknown(top, [form.key], refuse);
  if (!isSeq(list)) refuse(offsetOf(list ?? top), `The file has one key, ${form.key}, which holds a list.`);
  else {
    const nodes = list.items as ParsedNode[];
    for (const node of nodes) checkItem(node, form, refuse);
    const items = list.toJSON() as T[];
    if (findings.length === 0) form.together?.(items, (index, message) => refuse(offsetOf(nodes[index]), message));
    if (findings.length === 0) return { items, findings };
  }
  return { items: [], findings };
}

type Refuse = (offset: number, message: string) => void;

function checkItem<T>(node: ParsedNode, { item: what, rules }: YamlListForm<T>, refuse: Refuse): void {
  const keys = Object.keys(rules) as (keyof T & string)[];
  if (!isMap(node)) {
    refuse(offsetOf(node), `${what} has the keys ${keys.join(', ')}.`);
    return;
  }
  refuseUnknown(node, keys, refuse);
  const item = node.toJSON() as Partial<T>;
  for (const key of keys) {
    const { isRequired, isValid, expected, refusal } = rules[key];
    const value = node.get(key, true);
    const reason = refusal?.(item);
    if (value === undefined) {
      if (isRequired(item)) refuse(offsetOf(node), `${key} is missing: it ${expected}.`);
    } else if (!isValid(item[key], item)) refuse(offsetOf(value), `${key} ${expected}.`);
    else if (reason !== undefined) refuse(offsetOf(value), `${key} ${reason}.`);
  }
}

function refuseUnknown(map: YAMLMap.Parsed, known: readonly string[], refuse: Refuse): void {
  for (const { key } of map.items) {
    const name = isScalar(key) ? String(key.value) : '?';
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    refuse(offsetOf(key), `Unknown key ${name}${near === undefined ? '.' : `; did you mean ${near}?`}`);
  }
}

const offsetOf = (node: Node | null | undefined): number => node?.range?.[0] ?? 0;
