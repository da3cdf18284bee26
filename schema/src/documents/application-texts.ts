import { type DocumentNode, GraphQLError } from 'graphql';
import type { Finding } from '../finding.ts';
import { parseGraphql } from '../parse-graphql.ts';
import { type ExpandedText, expandText, type SourcePlace, textKey } from './expand-text.ts';
import { type GraphqlText, placeAt } from './graphql-text.ts';
import { SourceModules } from './source-modules.ts';

export interface ParsedText {
  readonly document: DocumentNode;
  /** Where a node of the document stands in its source file. */
  placeOf(node: { readonly loc?: { readonly start: number } | undefined }): SourcePlace;
}

/** A finding at a place of a source file, as the application's repository names it. */
export type FindingAt = (place: SourcePlace, finding: Pick<Finding, 'code' | 'message' | 'hint'>) => Finding;

/**
 * The GraphQL texts of source files, parsed. SOURCE_NOT_VALID, DOCUMENT_NOT_STATIC and INVALID_GRAPHQL are errors.
 *
 * @param paths absolute
 */
export function applicationTexts(
  paths: readonly string[],
  findingAt: FindingAt,
): { texts: ParsedText[]; findings: Finding[] } {
  const modules = new SourceModules(paths);
  const findings: Finding[] = [];
  const expanded: { text: GraphqlText; expansion: ExpandedText }[] = [];
  for (const path of paths) {
    const { file, texts, problems } = modules.module(path);
    for (const { offset, ...problem } of problems)
      findings.push(findingAt({ file, ...placeAt(file, offset) }, problem));
    expanded.push(...texts.map((text) => ({ text, expansion: expandText(text, modules) })));
  }
  // A part of a document, such as a list of fields, is no document by itself.
  const parts = new Set(expanded.flatMap(({ expansion }) => [...expansion.used]));
  const parsed: ParsedText[] = [];
  for (const { text, expansion } of expanded) {
    for (const { file, offset } of expansion.holes)
      findings.push(findingAt({ file, ...placeAt(file, offset) }, NOT_STATIC));
    if (expansion.holes.length > 0) continue;
    const document = parseGraphql(expansion.text);
    if (!(document instanceof GraphQLError))
      parsed.push({ document, placeOf: ({ loc }) => expansion.placeOf(loc?.start ?? 0) });
    else if (!parts.has(textKey(text))) {
      const place = expansion.placeOf(document.positions?.[0] ?? 0);
      findings.push(findingAt(place, { code: 'INVALID_GRAPHQL', message: document.message }));
    }
  }
  return { texts: parsed, findings };
}

const NOT_STATIC = {
  code: 'DOCUMENT_NOT_STATIC',
  message: 'What stands here is known only when it runs, or is not found.',
  hint: 'Interpolate constants of this module or of one that it imports; make the rest variables of the operation.',
};
