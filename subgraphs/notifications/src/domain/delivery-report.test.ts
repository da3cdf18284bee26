import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryReport } from '../testing/delivery-report.ts';
import { readDeliveryReport } from './delivery-report.ts';

const messageId = '<an-id@shop.example>';
const whole = deliveryReport({ messageId });

describe('a report of a mail server', () => {
  it('says which e-mail came back, and why', () => {
    expect(readDeliveryReport(whole)).toEqual({ messageId, action: 'failed', status: '5.1.1' });
  });

  it.each(['message/rfc822', 'text/rfc822-headers; charset=us-ascii', 'MESSAGE/RFC822', 'message/global-headers'])(
    'returns the e-mail as %s',
    (returnedType) =>
      expect(readDeliveryReport(deliveryReport({ messageId, returnedType }))?.messageId).toBe(messageId),
  );

  it('is read with line ends of either kind, a boundary without quotes, and fields in any case', () => {
    const variants = [
      whole.replaceAll('\r\n', '\n'),
      whole.replaceAll('=_report/1', 'simple').replace('"simple"', 'simple'),
      whole.replace('Action: failed', 'ACTION: Failed').replace('Status:', 'status:'),
      whole.replace('Status: 5.1.1', 'Status: 5.1.1 (bad destination mailbox)'),
      whole.replaceAll(/^--=_report\/1\r$/gm, '--=_report/1 \t\r'),
    ];
    for (const raw of variants)
      expect(readDeliveryReport(raw)).toEqual({ messageId, action: 'failed', status: '5.1.1' });
  });

  it.each([
    ['another kind of message', whole.replace('multipart/report', 'multipart/mixed')],
    ['no boundary', whole.replace('boundary=', 'border=')],
    ['no status', whole.replace('Status: 5.1.1', 'X: y')],
    ['a status that is none', whole.replace('Status: 5.1.1', 'Status: 9.9')],
    ['no action', whole.replace('Action: failed', 'X: y')],
    ['nothing of the e-mail', whole.replace('text/rfc822-headers', 'text/plain')],
    ['an e-mail without an id', whole.replace(/Message-ID:\r\n\t.*\r\n/, '')],
  ])('with %s is none', (_what, raw) => expect(readDeliveryReport(raw)).toBeUndefined());

  it('that is damaged is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(80), fc.string({ unit: 'binary', maxLength: 80 }), (at, length, put) => {
        const raw = whole.slice(0, at) + put + whole.slice(at + length);
        const report = readDeliveryReport(raw);
        if (report !== undefined) expect(report.status).toMatch(/^[245]\.\d+\.\d+$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('that is made to take long does not', () => {
    const startedMs = performance.now();
    const head = whole.slice(0, whole.indexOf('Reporting-MTA'));
    for (const filler of ['\n', '\n ', ' ', '\n\t\n', '--=_report/1\n', ':', 'a: b\n', ';boundary=']) {
      readDeliveryReport(head + filler.repeat(250_000 / filler.length));
      readDeliveryReport(`Content-Type: multipart/report${filler.repeat(250_000 / filler.length)}`);
    }
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });
});
