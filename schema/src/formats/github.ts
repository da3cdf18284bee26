import type { Report } from '../finding.ts';

const LEVELS = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** Workflow commands of GitHub Actions, which become annotations of the lines, and the summary for the log. */
export function github({ findings, summary }: Report): string {
  const commands = findings.map(({ severity, code, message, hint, file, line, column, coordinate }) => {
    const title = coordinate === undefined ? code : `${code} ${coordinate}`;
    const properties = Object.entries({ file, line, col: column, title })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${property(String(value))}`);
    const body = hint === undefined ? message : `${message}\n→ ${hint}`;
    return `::${LEVELS[severity]} ${properties.join(',')}::${data(body)}`;
  });
  return [...commands, summary].join('\n');
}

// Escaped as @actions/core does: else a message could be a command of its own.
const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
