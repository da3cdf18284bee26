interface ReportedMail {
  messageId: string;
  action?: string;
  status?: string;
  /** Of the part that holds what came back. Default `text/rfc822-headers`. */
  returnedType?: string;
}

/** A mail server's report of an e-mail, as RFC 3464 shows one. */
export const deliveryReport = ({
  messageId,
  action = 'failed',
  status = '5.1.1',
  returnedType = 'text/rfc822-headers',
}: ReportedMail): string =>
  `Return-Path: <>
From: Mail Delivery System <mailer-daemon@mx.example>
To: no-reply@shop.example
Subject: Delivery Status Notification (Failure)
Message-ID: <report-1@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="=_report/1"

This is a MIME-encapsulated message.

--=_report/1
Content-Type: text/plain; charset=utf-8

Your message could not be delivered.
Message-ID: <in-the-text@mx.example>

--=_report/1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Tue, 24 Nov 2026 09:30:00 +0000

Original-Recipient: rfc822; somebody@example.com
Final-Recipient: rfc822; somebody@example.com
Action: ${action}
Status: ${status}
Remote-MTA: dns; mx2.example
Diagnostic-Code: smtp; 550 5.1.1 <somebody@example.com>:
	Recipient address rejected

--=_report/1
Content-Type: ${returnedType}

Received: from shop.example by mx.example; Tue, 24 Nov 2026 09:29:58 +0000
From: Tributary <no-reply@shop.example>
To: somebody@example.com
Subject: We have received your order
Message-ID:
	${messageId}

--=_report/1--
`.replaceAll('\n', '\r\n');
