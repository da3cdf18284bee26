/**
 * Whether a request's path means the same to every server: no `.` or `..` segment, backslash or encoded slash, also
 * not when it is decoded once more than it should be.
 */
export function isSafePath(path: string): boolean {
  let decoded = path;
  for (let round = 0; round < 2; round++) {
    try {
      decoded = decodeURIComponent(decoded);
    } catch {
      // The second time: a percent sign that stands for itself.
      return round > 0;
    }
    const segments = decoded.split('/');
    if (segments.length !== path.split('/').length || /[\\\0]/.test(decoded)) return false;
    if (segments.some((segment) => segment === '.' || segment === '..')) return false;
    if (!decoded.includes('%')) return true;
  }
  return true;
}
