import { coordinatesOf, operationRules } from '@tributary/service-kit';
import { type GraphQLError, type GraphQLSchema, validate } from 'graphql';
import type { Finding } from '../finding.ts';
import { placeInDocument, type TrustedDocument } from '../trusted-documents.ts';
import { existsIn } from './exists-in.ts';

/** A live document, by the schema before. */
export interface JudgedDocument extends TrustedDocument {
  /** What it uses; empty where it was not valid before. */
  readonly uses: ReadonlySet<string>;
  /** By the schema after, where there is one. */
  readonly errors: readonly GraphQLError[];
  readonly wasValid: boolean;
}

/** Validates each live document against both schemas. */
export const judgeDocuments = (
  documents: readonly TrustedDocument[],
  before: GraphQLSchema,
  after: GraphQLSchema | undefined,
): JudgedDocument[] =>
  documents.map((each) => {
    const wasValid = validate(before, each.document, operationRules).length === 0;
    const errors = after === undefined ? [] : validate(after, each.document, operationRules);
    return { ...each, wasValid, errors, uses: wasValid ? coordinatesOf(before, each.document) : new Set() };
  });

/**
 * DOCUMENT_BROKEN for each that was valid and is not, with the coordinates that are gone; DOCUMENT_NOT_VALID for one that
 * never was.
 *
 * @param mayBreak whether all that breaks it is waived
 */
export function documentFindings(
  documents: readonly JudgedDocument[],
  after: GraphQLSchema,
  mayBreak: (document: JudgedDocument) => boolean,
): Finding[] {
  return documents.flatMap((document) => {
    const { app, name, path, text, errors, wasValid, uses } = document;
    const [first] = errors;
    if (first === undefined) return [];
    const gone = [...uses].filter((coordinate) => !existsIn(after, coordinate));
    const code = wasValid ? 'DOCUMENT_BROKEN' : 'DOCUMENT_NOT_VALID';
    const what = wasValid ? `${name} of ${app} is no longer valid` : `${name} of ${app} is not valid`;
    const lost = gone.length === 0 ? '' : ` It uses ${gone.join(', ')}.`;
    return [
      {
        severity: wasValid && mayBreak(document) ? 'warning' : 'error',
        code,
        message: `${what}: ${errors.map(({ message }) => message).join(' ')}${lost}`,
        ...(gone[0] === undefined ? {} : { coordinate: gone[0] }),
        file: path,
        ...placeInDocument(first, text),
      },
    ];
  });
}
