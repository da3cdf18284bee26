/** A GraphQL text in a source file: its pieces, and the expressions between them. */
export interface GraphqlText {
  readonly file: SourceText;
  readonly parts: readonly TextPart[];
}

/** A file as it was read. */
export interface SourceText {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

export type TextPart = Piece | Hole;

export interface Piece {
  readonly kind: 'piece';
  readonly text: string;
  /** Where it begins in the file. */
  readonly offset: number;
}

/** An interpolation. */
export interface Hole {
  readonly kind: 'hole';
  /** The names of a static expression, `fragments.product` is two; undefined for another expression. */
  readonly names: readonly string[] | undefined;
  readonly offset: number;
  readonly file: SourceText;
}

/** Line and column, from 1, of an offset. */
export function placeAt({ text }: SourceText, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** What a constant of a module holds, as far as GraphQL can be made of it: a text, or an object of such. */
export type Constant = GraphqlText | ReadonlyMap<string, Constant>;
