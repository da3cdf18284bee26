import type { Finding, Report } from '../finding.ts';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

/** SARIF 2.1.0 (OASIS), for code scanning. */
export function sarif({ command, findings }: Report): string {
  const rules = [...new Set(findings.map(({ code }) => code))].sort().map((id) => ({ id }));
  const driver = { name: command, rules };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results: findings.map(resultOf) }],
  };
  return JSON.stringify(log, null, 2);
}

function resultOf({ severity, code, message, hint, file, line, column, coordinate }: Finding) {
  const physicalLocation = file !== undefined && {
    artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
    ...(line === undefined ? {} : { region: { startLine: line, startColumn: column ?? 1 } }),
  };
  const logicalLocations = coordinate === undefined ? [] : [{ fullyQualifiedName: coordinate }];
  return {
    ruleId: code,
    level: LEVELS[severity],
    message: { text: hint === undefined ? message : `${message}\n→ ${hint}` },
    locations: [{ ...(physicalLocation === false ? {} : { physicalLocation }), logicalLocations }],
  };
}
