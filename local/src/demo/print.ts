import { inspect, styleText } from 'node:util';

export function printStep(number: number, of: number, title: string, operation: string): void {
  const counter = styleText('dim', `${String(number).padStart(2)}/${of}`);
  console.log(`\n${counter} ${styleText('bold', title)} ${styleText('cyan', operation)}`);
}

/** The answer, indented, in colour where the terminal has some. Tokens are cut short: they are real. */
export function printAnswer(answer: unknown): void {
  const text = inspect(withoutTokens(answer), {
    depth: null,
    colors: process.stdout.hasColors?.() ?? false,
    breakLength: 100,
  });
  console.log(text.replaceAll(/^/gm, '   '));
}

function withoutTokens(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner) =>
      /token$/i.test(key) && typeof inner === 'string' ? `${inner.slice(0, 8)}…` : inner,
    ),
  );
}
