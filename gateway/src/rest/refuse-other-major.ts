import { ONLY_LINE } from '@tributary/rest';
import { CodedError } from '@tributary/service-kit';

/** An API without version lines is at one major. @throws CodedError UNKNOWN_API_VERSION */
export function refuseOtherMajor(major: string): void {
  if (major !== String(ONLY_LINE.major)) throw new CodedError('UNKNOWN_API_VERSION');
}
