/** What Kibana's query language asks of one field. */
export interface KqlTerm {
  /** Undefined: any field. */
  field: string | undefined;
  /** What it is compared with. `*`: that it is there. */
  values: string[];
}

type Token = { kind: 'word' | 'quoted' | 'sign'; text: string };

const TOKENS = /\s*(?:"((?:[^"\\]|\\.)*)"|([():]|[<>]=?)|((?:[^\s():<>"\\]|\\.)+))/y;

/**
 * The terms of a query of Kibana's language (without `nested`).
 *
 * @throws Error where Kibana could not read it
 */
export function kqlTerms(query: string): KqlTerm[] {
  const tokens = tokensOf(query);
  const terms: KqlTerm[] = [];
  let at = 0;
  const isNext = (...texts: string[]) =>
    tokens[at]?.kind !== 'quoted' && texts.includes(tokens[at]?.text.toLowerCase() ?? '');
  const take = (): Token => {
    const token = tokens[at++];
    if (token === undefined) throw new Error('the query ends too early');
    return token;
  };
  const expect = (text: string) => {
    const token = take();
    if (token.text !== text) throw new Error(`${token.text} where ${text} is expected`);
  };
  const literal = (): string => {
    const token = take();
    if (token.kind === 'sign' || (token.kind === 'word' && RESERVED.test(token.text)))
      throw new Error(`${token.text} is no value`);
    return token.text;
  };
  /** `one and not (two or three)`, of what `operand` reads. */
  const combined = (operand: () => void): void => {
    for (;;) {
      while (isNext('not')) at++;
      if (isNext('(')) {
        at++;
        combined(operand);
        expect(')');
      } else operand();
      if (!isNext('and', 'or')) return;
      at++;
    }
  };
  const term = (): void => {
    const first = literal();
    if (isNext('<', '<=', '>', '>=')) {
      at++;
      terms.push({ field: first, values: [literal()] });
    } else if (isNext(':')) {
      at++;
      const values: string[] = [];
      if (isNext('(')) {
        at++;
        combined(() => void values.push(literal()));
        expect(')');
      } else values.push(literal());
      terms.push({ field: first, values });
    } else terms.push({ field: undefined, values: [first] });
  };
  if (tokens.length > 0) combined(term);
  if (at < tokens.length) throw new Error(`${tokens[at]?.text} after the end`);
  return terms;
}

const RESERVED = /^(and|or|not)$/i;

function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  TOKENS.lastIndex = 0;
  for (let end = 0; query.slice(end).trim() !== ''; end = TOKENS.lastIndex) {
    const match = TOKENS.exec(query);
    if (match === null) throw new Error(`${query.slice(end)} cannot be read`);
    const [, quoted, sign, word = ''] = match;
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted });
    else tokens.push(sign === undefined ? { kind: 'word', text: word } : { kind: 'sign', text: sign });
  }
  return tokens;
}
