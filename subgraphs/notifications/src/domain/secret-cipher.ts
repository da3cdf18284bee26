import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from '@tributary/service-kit';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps webhooks' secrets unreadable in the database: AES-256-GCM, bound to the webhook's id. */
export interface SecretCipher {
  seal(webhookId: string, secret: Buffer): string;
  /** Undefined for what another key has sealed, or what was tampered with. */
  open(webhookId: string, sealed: string): Buffer | undefined;
}

export function createSecretCipher(encryptionSecret: Secret): SecretCipher {
  const key = Buffer.from(hkdfSync('sha256', encryptionSecret.reveal(), '', 'tributary notifications webhooks', 32));
  return {
    seal(webhookId, secret) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(webhookId));
      const encrypted = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64url');
    },
    open(webhookId, sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      const encryptedAt = IV_BYTES + TAG_BYTES;
      try {
        const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(webhookId))
          .setAuthTag(bytes.subarray(IV_BYTES, encryptedAt));
        return Buffer.concat([decipher.update(bytes.subarray(encryptedAt)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
