import { hash } from 'node:crypto';

/** A weak validator (RFC 9110, 8.8.3): a strong one would be another for each content coding. */
export const entityTag = (body: string): string => `W/"${hash('sha256', body, 'base64url').slice(0, 27)}"`;

/** Whether the client has it already, by weak comparison (RFC 9110, 13.1.2). */
export function isKnownTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const opaque = opaqueTag(tag);
  return ifNoneMatch.split(',').some((one) => {
    const known = opaqueTag(one.trim());
    return known === '*' || known === opaque;
  });
}

const opaqueTag = (tag: string): string => tag.replace(/^W\//, '');
