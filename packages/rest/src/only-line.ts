import type { VersionLine } from '@tributary/service-kit/sdl';

/** Of an API without version lines. */
export const ONLY_LINE: VersionLine = { major: 1, version: '1.0.0', state: 'ga' };
