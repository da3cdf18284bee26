/**
 * - CYCLIC_IMPORT: files import each other
 * - IMPORT_NOT_FOUND: the file is not there
 * - IMPORT_OUTSIDE: the path leaves the subgraph's folder
 * - INVALID_IMPORT: not a whole `.graphql` file, or below a definition
 */
export type ImportCode = 'CYCLIC_IMPORT' | 'IMPORT_NOT_FOUND' | 'IMPORT_OUTSIDE' | 'INVALID_IMPORT';

/** An import that cannot be followed. */
export class SdlImportError extends Error {
  override readonly name = 'SdlImportError';
  readonly code: ImportCode;
  /** The importing file, relative to the subgraph's folder. */
  readonly path: string;
  /** Of the import, from 1. */
  readonly line: number;

  constructor(code: ImportCode, { path, line }: { path: string; line: number }, message: string) {
    super(message);
    this.code = code;
    this.path = path;
    this.line = line;
  }
}
