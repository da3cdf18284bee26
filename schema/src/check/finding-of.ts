import { CHANGE_KINDS } from '../diff/change-kinds.ts';
import type { Finding } from '../finding.ts';
import { type Affected, blocks, type JudgedChange } from './judge.ts';
import type { Places } from './places.ts';

/** More clients, and documents of one, are counted. */
const MAX_NAMED = 5;

/** A change as a finding: what broke, for whom, where, and what to do instead. */
export function findingOf(change: JudgedChange, before: Places, after: Places): Finding {
  const { code, coordinate, message, subgraphs, lines, layers, fingerprint, verdict } = change;
  const { hint } = CHANGE_KINDS[code];
  const isBlocking = blocks(change);
  const was = after.of(coordinate, subgraphs) === undefined ? before.of(coordinate, subgraphs) : undefined;
  const text = [message];
  if (was?.line !== undefined) text.push(`It was ${was.file}:${was.line} │ ${was.source?.trim()}`);
  if (lines.length > 0) text.push(`Version lines: ${lines.map((major) => `v${major}`).join(', ')}.`);
  if (verdict !== undefined) text.push(`${verdict}: ${reasonOf(change)}`);
  const advice = [
    ...(hint === undefined ? [] : [hint]),
    ...(isBlocking ? [`A waiver names change ${fingerprint}.`] : []),
  ];
  return {
    severity: isBlocking ? 'error' : change.class === 'safe' ? 'info' : 'warning',
    code,
    message: text.join('\n'),
    ...(advice.length > 0 && change.class !== 'safe' ? { hint: advice.join(' ') } : {}),
    ...after.nearest(coordinate, subgraphs),
    coordinate,
    change: {
      class: change.class,
      layers,
      subgraphs,
      lines,
      fingerprint,
      ...(verdict === undefined ? {} : { verdict }),
      affected: change.affected,
    },
  };
}

const OF_NOBODY = {
  NO_USAGE_DATA: 'no trusted document uses it, and what gateways saw is not known.',
  UNUSED: 'no trusted document uses it, and no gateway saw it used.',
};

/** @param ofNobody what is said where nobody is known to use it */
export function reasonOf(
  { verdict, affected, waivers }: Pick<JudgedChange, 'verdict' | 'affected' | 'waivers'>,
  ofNobody: typeof OF_NOBODY = OF_NOBODY,
): string {
  const users = `used by ${some(affected.map(affectedText))}`;
  switch (verdict) {
    case 'REMOVAL_IN_USE':
      return `${users}.`;
    case 'WAIVED':
      return `${affected.length > 0 ? `${users}; ` : ''}waived by ${waivers.map(({ owner, expires }) => `${owner} until ${expires}`).join(', ')}.`;
    case 'NO_USAGE_DATA':
    case 'UNUSED':
      return ofNobody[verdict];
    default:
      return 'other subgraphs count on it.';
  }
}

function affectedText({ client, version, documents, seen }: Affected): string {
  const who = version === undefined ? client : `${client} ${version}`;
  const operations = documents.length === 0 ? '' : ` (${some(documents)})`;
  if (seen === undefined) return `${who}${operations}`;
  const day = seen.last.toISOString().slice(0, 10);
  return `${who}${operations}, ${seen.count.toLocaleString('en')} times, last on ${day}`;
}

const some = (texts: readonly string[]) =>
  texts.length <= MAX_NAMED
    ? texts.join('; ')
    : `${texts.slice(0, MAX_NAMED).join('; ')}; and ${texts.length - MAX_NAMED} more`;
