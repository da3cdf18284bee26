export interface PemBlock {
  /** `CERTIFICATE`, `PUBLIC KEY`, `PRIVATE KEY`, … */
  label: string;
  /** With its first and last line. */
  text: string;
}

/**
 * The blocks of a PEM text (RFC 7468), in order; what stands between them is comment. None for what is no PEM, and for
 * one of which a block is cut off.
 */
export function pemBlocks(text: string): PemBlock[] {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g)];
  const begun = text.split('-----BEGIN ').length - 1;
  return blocks.length < begun ? [] : blocks.map(([block, label = '']) => ({ label, text: block }));
}
