import type { Finding, Report } from '../finding.ts';
import { placeOf } from './text.ts';

const TITLES = { error: 'Blocks', warning: 'Look at it', info: 'Also' } as const;

/** For the comment on a pull request: what blocks in full, the rest folded away. */
export function markdown({ command, findings, summary }: Report): string {
  const sections = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const own = findings.filter((finding) => finding.severity === severity);
    if (own.length === 0) return [];
    const title = `${TITLES[severity]} (${own.length})`;
    const items = own.map(item).join('\n');
    return severity === 'error'
      ? [`### ${title}\n\n${items}`]
      : [`<details><summary>${title}</summary>\n\n${items}\n\n</details>`];
  });
  return [`## ${command}`, summary, ...sections].join('\n\n');
}

function item(finding: Finding): string {
  const { code, coordinate, message, hint } = finding;
  const place = placeOf(finding);
  const head = [
    `**${code}**`,
    ...(coordinate === undefined ? [] : [`\`${coordinate}\``]),
    ...(place === undefined ? [] : [`in \`${place}\``]),
  ].join(' ');
  const lines = [...message.split('\n').map(plain), ...(hint === undefined ? [] : [`→ ${plain(hint)}`])];
  return [`- ${head}  `, ...lines.map((each) => `  ${each}  `)].join('\n');
}

/** What a schema says is text, no markup: neither a link nor HTML. */
const plain = (text: string) => text.replaceAll(/[\\`*_[\]<>&|#]/g, (character) => `\\${character}`);
