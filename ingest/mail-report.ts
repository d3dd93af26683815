/** What a report says of the message of ours that it is about: as far as it was returned, and never to be believed unseen. */
export type ReturnedMessage = {
  /** With its angle brackets. */
  messageId: string | null
  /** The id of the envelope that we gave when it left (RFC 3461). */
  envelopeId: string | null
  /** Its List-Unsubscribe header: it carries a link that only we can sign. */
  unsubscribe: string | null
}

/** What became of one recipient (RFC 3464 § 2.3). `addresses`: as we named them and as the last server did. */
export type RecipientReport = {
  action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'
  /** Enhanced status code (RFC 3463), such as 5.1.1. */
  status: string
  diagnostic: string
  addresses: readonly string[]
}

/** What a mail says first: its subject and the first line of its text, whatever it is. */
export type Opening = { subject: string; firstLine: string }

/**
 * A mail that came in, as far as the house needs to know it: a delivery status (RFC 3464), a complaint or other feedback
 * (RFC 5965), an answer that a machine gave (RFC 3834), an answer of a person, or other mail.
 */
export type InboundMail =
  | { kind: 'delivery-status'; reportedAt: Date | null; about: ReturnedMessage; recipients: readonly RecipientReport[] }
  | { kind: 'feedback'; type: string; reportedAt: Date | null; about: ReturnedMessage; addresses: readonly string[] }
  | ({ kind: 'automatic'; what: string } & Opening)
  | ({ kind: 'answer'; to: readonly string[]; from: string } & Opening)
  | ({ kind: 'other' } & Opening)
  | { kind: 'unreadable'; why: string }

/** Reads the bytes of one mail. It never throws for what they hold. */
export type ReadMail = (bytes: Uint8Array) => Promise<InboundMail>

/** Longest mail that is looked at, in bytes. */
export const longestMail = 10_000_000
