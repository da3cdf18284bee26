/** What a slash after this is: the begin of a regular expression, not a division. */
const BEFORE_REGULAR_EXPRESSION = /(?:^|[([{,;:=!&|?+\-*%<>~^}\n]|\b(?:return|typeof|case|in|of|void|await|yield))\s*$/;

/**
 * JavaScript or TypeScript without its comments, strings, templates and regular expressions: spaces stand in their
 * place, so that braces count and words mean what they say. A string that is a single word stays, without its quotes: it
 * may be a key.
 */
export function blankCode(code: string): string {
  let result = '';
  for (let index = 0; index < code.length; ) {
    const end = literalEnd(code, index, result);
    if (end === undefined) result += code.charAt(index++);
    else {
      const text = code.slice(index, end);
      result += /^(['"])\w+\1$/.test(text) ? ` ${text.slice(1, -1)} ` : ' '.repeat(text.length);
      index = end;
    }
  }
  return result;
}

/** Where the comment, string, template or regular expression ends that begins at `start`; undefined where none does. */
function literalEnd(code: string, start: number, before: string): number | undefined {
  const [first, second] = [code.charAt(start), code.charAt(start + 1)];
  if (first === '/' && second === '/') return endOf(code, /\/\/[^\n]*/y, start);
  if (first === '/' && second === '*') return endOf(code, /\/\*[\s\S]*?(?:\*\/|$)/y, start);
  if (first === "'") return endOf(code, /'(?:[^'\\\n]|\\[\s\S])*'?/y, start);
  if (first === '"') return endOf(code, /"(?:[^"\\\n]|\\[\s\S])*"?/y, start);
  if (first === '`') return templateEnd(code, start);
  if (first !== '/' || !BEFORE_REGULAR_EXPRESSION.test(before.slice(-20))) return undefined;
  return endOf(code, /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y, start);
}

function endOf(code: string, pattern: RegExp, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(code) ? pattern.lastIndex : undefined;
}

/** A template may hold code, and that other templates. */
function templateEnd(code: string, start: number): number {
  let index = start + 1;
  while (index < code.length && code.charAt(index) !== '`') {
    if (code.charAt(index) === '\\') index += 2;
    else if (code.startsWith('${', index)) index = substitutionEnd(code, index + 2);
    else index++;
  }
  return Math.min(index + 1, code.length);
}

function substitutionEnd(code: string, start: number): number {
  let depth = 1;
  let index = start;
  while (index < code.length && depth > 0) {
    const end = literalEnd(code, index, code.slice(start, index));
    if (end === undefined) {
      const character = code.charAt(index);
      depth += character === '{' ? 1 : character === '}' ? -1 : 0;
      index++;
    } else index = end;
  }
  return index;
}
