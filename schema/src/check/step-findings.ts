import type { VersionLine } from '@tributary/service-kit/sdl';
import type { Finding } from '../finding.ts';
import { LINES_FILE } from '../lines/read-lines.ts';
import type { JudgedChange } from './judge.ts';
import { isSmaller, stepBetween, stepFor } from './semver-step.ts';

/**
 * VERSION_STEP_TOO_SMALL for a version line whose version says less than its changes do. A breaking change that nobody
 * notices, or that is waived, is a minor one: a line keeps its major.
 */
export function stepFindings(
  before: readonly VersionLine[],
  after: readonly VersionLine[],
  changes: readonly JudgedChange[],
): Finding[] {
  return after.flatMap(({ major, version, state }): Finding[] => {
    const was = before.find((line) => line.major === major);
    // Of a preview nothing is promised.
    if (was === undefined || was.state === 'preview' || state === 'retired') return [];
    const own = changes.filter(({ lines }) => lines.includes(major));
    const needed = stepFor(own);
    const most = needed === 'major' ? 'minor' : needed;
    const step = stepBetween(was.version, version);
    // That a version goes back is another finding.
    if (step === undefined || !isSmaller(step, most)) return [];
    const is = step === 'none' ? `still ${version}` : `${version}, a ${step} step from ${was.version}`;
    return [
      {
        severity: 'error',
        code: 'VERSION_STEP_TOO_SMALL',
        message: `The version of line ${major} is ${is}; its changes are a ${most} step.`,
        hint: `Set version: ${next(was.version, most)} in ${LINES_FILE}.`,
        file: LINES_FILE,
      },
    ];
  });
}

function next(version: string, step: 'minor' | 'patch' | 'none'): string {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return step === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}
