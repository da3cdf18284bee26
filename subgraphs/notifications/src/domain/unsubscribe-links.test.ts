import { newId, Secret } from '@tributary/service-kit';
import { describe, expect, it } from 'vitest';
import { createUnsubscribeLinks } from './unsubscribe-links.ts';

const linksBy = (secret: string, publicUrl = 'https://shop.example') =>
  createUnsubscribeLinks({ publicUrl, unsubscribeSecret: new Secret(secret) });

describe('a link to unsubscribe', () => {
  const userId = newId();
  const tokenOf = (link: string | undefined) => new URL(link ?? '').searchParams.get('token');

  it('says whose e-mails of which category end', () => {
    const links = linksBy('a');
    expect(links.read(tokenOf(links.linkFor(userId, 'ORDERS')))).toEqual({ userId, category: 'ORDERS' });
    expect(links.read(tokenOf(links.linkFor(userId, 'ACCOUNT')))).toEqual({ userId, category: 'ACCOUNT' });
  });

  it('is not made for what concerns security', () => expect(linksBy('a').linkFor(userId, 'SECURITY')).toBeUndefined());

  it('of another secret is refused', () => {
    expect(linksBy('b').read(tokenOf(linksBy('a').linkFor(userId, 'ORDERS')))).toBeUndefined();
  });
});
