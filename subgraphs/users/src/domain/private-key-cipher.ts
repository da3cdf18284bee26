import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from '@tributary/service-kit';
import type { JWK } from 'jose';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps private keys unreadable in the database: AES-256-GCM, bound to the key's id. */
export interface PrivateKeyCipher {
  seal(kid: string, privateJwk: JWK): string;
  /** Undefined for what another secret has sealed, or what was tampered with. */
  open(kid: string, sealed: string): JWK | undefined;
}

export function createPrivateKeyCipher(secret: Secret): PrivateKeyCipher {
  const key = Buffer.from(hkdfSync('sha256', secret.reveal(), '', 'tributary users signing keys', 32));
  return {
    seal(kid, privateJwk) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(kid));
      const encrypted = Buffer.concat([cipher.update(JSON.stringify(privateJwk)), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64url');
    },
    open(kid, sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      const encryptedAt = IV_BYTES + TAG_BYTES;
      try {
        const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(kid))
          .setAuthTag(bytes.subarray(IV_BYTES, encryptedAt));
        return JSON.parse(
          `${decipher.update(bytes.subarray(encryptedAt), undefined, 'utf8')}${decipher.final('utf8')}`,
        );
      } catch {
        return undefined;
      }
    },
  };
}
