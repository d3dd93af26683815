/** Mails as servers write them, for the tests of what comes in. */

const mail = (header: readonly string[], parts: readonly (readonly [type: string, body: string])[]): Buffer => {
  const body = parts.map(([type, text]) => `--=_b\nContent-Type: ${type}\n\n${text}\n`).join('')
  return Buffer.from(`${header.join('\n')}\nMIME-Version: 1.0\n\n${body}--=_b--\n`.replaceAll('\n', '\r\n'))
}

type Original = { messageId?: string; unsubscribe?: string; to?: string }

const returned = ({ messageId, unsubscribe, to = 'reader@example.com' }: Original): string =>
  [
    'From: Alder & Ash <hello@alder.example>',
    `To: ${to}`,
    ...(messageId === undefined ? [] : [`Message-ID: ${messageId}`]),
    ...(unsubscribe === undefined ? [] : [`List-Unsubscribe:\n <${unsubscribe}>`]),
    'Subject: New beans',
    '',
    'Hello',
  ].join('\n')

/** A delivery status notification, as Postfix writes it. */
export function aStatus(
  about: Original,
  change: { recipient: string; action?: string; status?: string; diagnostic?: string; envelopeId?: string; headersOnly?: boolean }, // prettier-ignore
): Buffer {
  const { recipient, action = 'failed', status = '5.1.1', diagnostic = '550 no such mailbox', envelopeId, headersOnly } = change // prettier-ignore
  const fields = [
    'Reporting-MTA: dns; mx.example.com',
    ...(envelopeId === undefined ? [] : [`Original-Envelope-Id: ${envelopeId}`]),
    'Arrival-Date: Mon, 2 Mar 2026 10:00:00 +0000',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: smtp; ${diagnostic}`,
    '',
  ]
  return mail(
    [
      'From: MAILER-DAEMON@mx.example.com',
      'To: hello@alder.example',
      'Date: Mon, 2 Mar 2026 10:00:05 +0000',
      'Subject: Undelivered Mail Returned to Sender',
      'Auto-Submitted: auto-replied',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"',
    ],
    [
      ['text/plain', 'I am sorry.'],
      ['message/delivery-status', fields.join('\n')],
      [headersOnly ? 'text/rfc822-headers' : 'message/rfc822', returned(about)],
    ],
  )
}

/** A feedback report (ARF), as a mailbox provider writes it. */
export function aFeedback(about: Original, change: { type?: string; recipient?: string } = {}): Buffer {
  const { type = 'abuse', recipient } = change
  const fields = [
    `Feedback-Type: ${type}`,
    'User-Agent: SomeProvider/1.0',
    'Version: 1',
    ...(recipient === undefined ? [] : [`Original-Rcpt-To: <${recipient}>`]),
    '',
  ]
  return mail(
    [
      'From: feedback@provider.example',
      'To: abuse@alder.example',
      'Date: Mon, 2 Mar 2026 11:00:00 +0000',
      'Subject: FW: New beans',
      'Content-Type: multipart/report; report-type=feedback-report; boundary="=_b"',
    ],
    [
      ['text/plain', 'This is an abuse report.'],
      ['message/feedback-report', fields.join('\n')],
      ['message/rfc822', returned(about)],
    ],
  )
}

/** A plain mail with some headers. */
export const aMail = (header: readonly string[], text = 'Hello'): Buffer =>
  Buffer.from([...header, '', text, ''].join('\r\n'))
