import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Document, isSeq, parseDocument, YAMLSeq } from 'yaml';
import type { Finding } from '../finding.ts';
import { isIsoDay } from '../lines/iso-day.ts';
import { readYamlList, type YamlListForm } from '../yaml-list.ts';

/** Relative to the root. */
export const RETIRED_FILE = 'schema/documents/retired.yaml';

/** A trusted document that an application no longer sends. */
export interface RetiredDocument {
  readonly app: string;
  readonly operation: string;
  /** Of its file's text, in hexadecimal digits. */
  readonly sha256: string;
  /** `YYYY-MM-DD` */
  readonly retiredAt: string;
  readonly reason?: string;
}

/** In the order of the file; none when there are findings (RETIRED_INVALID). */
export function readRetiredDocuments(root: string): { retired: RetiredDocument[]; findings: Finding[] } {
  const file = join(root, RETIRED_FILE);
  if (!existsSync(file)) return { retired: [], findings: [] };
  const { items, findings } = readYamlList(readFileSync(file, 'utf8'), FORM);
  return { retired: items, findings };
}

const HEADER = `# Trusted documents that no application sends any more. graph documents retire adds them, and register takes one out.
retired: []
`;

/** The text of a `retired.yaml` with other entries; comments of those that stay, stay. */
export function editRetired(
  text: string | undefined,
  { without, added }: { without(document: RetiredDocument): boolean; added: readonly RetiredDocument[] },
): string {
  const document = parseDocument(text ?? HEADER);
  const list = document.get('retired');
  if (!(document instanceof Document) || !isSeq(list)) throw new Error('retired.yaml was not checked');
  list.items = list.items.filter((item) => !without((item as { toJSON(): RetiredDocument }).toJSON()));
  for (const one of added) list.add(document.createNode(one));
  if (list instanceof YAMLSeq) list.flow = list.items.length === 0;
  return document.toString({ lineWidth: 0 });
}

const text = {
  isRequired: () => true,
  isValid: (value: unknown) => typeof value === 'string' && value !== '',
  expected: 'is a text',
};

const FORM: YamlListForm<RetiredDocument> = {
  file: RETIRED_FILE,
  code: 'RETIRED_INVALID',
  key: 'retired',
  item: 'A retired document',
  rules: {
    app: text,
    operation: text,
    sha256: {
      ...text,
      isValid: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
      expected: 'is 64 hexadecimal digits',
    },
    retiredAt: { ...text, isValid: isIsoDay, expected: 'is a day that there is, YYYY-MM-DD' },
    reason: { ...text, isRequired: () => false },
  },
};
