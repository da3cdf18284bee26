import type { Finding } from '../finding.ts';
import { CHECK_CONFIG } from '../usage/read-check-config.ts';
import type { JudgedChange } from './judge.ts';
import type { JudgedRetirement } from './judge-retirements.ts';

/** NO_USAGE_DATA where usage decides, and there is none. */
export function noUsageData(
  changes: readonly Pick<JudgedChange, 'coordinate' | 'verdict'>[],
  retirements: readonly Pick<JudgedRetirement, 'major' | 'verdict'>[],
): Finding[] {
  const isUnknown = ({ verdict }: Pick<JudgedChange, 'verdict'>) => verdict === 'NO_USAGE_DATA';
  const lines = retirements.filter(isUnknown).map(({ major }) => `line ${major}`);
  const unknown = [...new Set(changes.filter(isUnknown).map(({ coordinate }) => coordinate)), ...lines];
  if (unknown.length === 0) return [];
  const trusted = 'say trustedDocumentsOnly there, where gateways take no other documents';
  return [
    {
      severity: 'error',
      code: 'NO_USAGE_DATA',
      message: `Usage decides whether these may change, and there is none: ${unknown.join(', ')}.`,
      hint: `Name the usage store of the gateways in ${CHECK_CONFIG}${lines.length > 0 ? '' : `; or ${trusted}`}.`,
      file: CHECK_CONFIG,
    },
  ];
}
