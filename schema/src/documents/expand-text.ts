import { type GraphqlText, type Hole, type Piece, placeAt, type SourceText } from './graphql-text.ts';
import type { SourceModules } from './source-modules.ts';

/** A GraphQL text with what its interpolations stand for in their place. */
export interface ExpandedText {
  readonly text: string;
  /** Interpolations that could not be resolved. */
  readonly holes: readonly Hole[];
  /** The texts that stand in the place of interpolations, see textKey. */
  readonly used: ReadonlySet<string>;
  /** Where an offset of the text stands in its file. */
  placeOf(offset: number): SourcePlace;
}

export interface SourcePlace {
  readonly file: SourceText;
  readonly line: number;
  readonly column: number;
}

/** The same for one text of a file, however often it was read. */
export const textKey = ({ file, parts }: GraphqlText): string => `${file.path}:${parts[0]?.offset}`;

export function expandText(text: GraphqlText, modules: SourceModules): ExpandedText {
  const expansion = new Expansion(modules);
  expansion.add(text, []);
  const { segments, holes, used } = expansion;
  return {
    text: segments.map(({ piece }) => piece.text).join(''),
    holes,
    used,
    placeOf(offset) {
      let at = offset;
      for (const { piece, file } of segments) {
        if (at < piece.text.length) return placeIn(file, piece, at);
        at -= piece.text.length;
      }
      const last = segments.at(-1);
      return last === undefined
        ? { file: text.file, line: 1, column: 1 }
        : placeIn(last.file, last.piece, last.piece.text.length);
    },
  };
}

class Expansion {
  readonly segments: { piece: Piece; file: SourceText }[] = [];
  readonly holes: Hole[] = [];
  readonly used = new Set<string>();
  readonly #modules: SourceModules;

  constructor(modules: SourceModules) {
    this.#modules = modules;
  }

  add(text: GraphqlText, within: readonly GraphqlText[]): void {
    for (const part of text.parts) {
      if (part.kind === 'piece') {
        this.segments.push({ piece: part, file: text.file });
        continue;
      }
      const constant = part.names && this.#modules.constant(part.file, part.names);
      const inner = constant !== undefined && 'parts' in constant ? constant : undefined;
      // A text that holds itself is as unknown as one that is computed.
      if (inner === undefined || inner === text || within.includes(inner)) this.holes.push(part);
      else {
        this.used.add(textKey(inner));
        this.add(inner, [...within, text]);
      }
    }
  }
}

/** Line breaks are counted in the piece: in the file they may be two characters. */
function placeIn(file: SourceText, { text, offset }: Piece, at: number): SourcePlace {
  const start = placeAt(file, offset);
  const before = text.slice(0, at).split('\n');
  const lines = before.length - 1;
  const length = before.at(-1)?.length ?? 0;
  return { file, line: start.line + lines, column: lines === 0 ? start.column + length : length + 1 };
}
