/** What a final refusal speaks of: an address that is dead, whoever sends, or the message alone. */
export type Blamed = 'reader' | 'sender' | 'message'

/** No such mailbox or system, moved, no mail taken there, disabled (RFC 3463 § 3.2 and 3.3, RFC 7505). */
const dead: ReadonlySet<string> = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1'])
/** The sender's address, or its system (RFC 3463 § 3.2). */
const ofSender: ReadonlySet<string> = new Set(['5.1.7', '5.1.8'])
/** Codes that leave what is meant to the words. */
const saysNothing: ReadonlySet<string> = new Set(['5.0.0', '5.1.0'])

/** RFC 5321 § 4.2.3: "mailbox unavailable", "user not local", "mailbox name not allowed". */
const ofMailboxes: ReadonlySet<number> = new Set([550, 551, 553])
const ofReaders = /\b(?:user|mailbox|recipient|account|address|addressee|inbox|person|nobody)\b/i
const isGone = /unknown|no such|n[o']t exist|not found|invalid|unavailable|unrouteable|undeliverable|inactive|disabled|deactivated|no longer|not local|not allowed|no mailbox|not known|not valid/i // prettier-ignore
const ofSenders = /\bsender\b.*(?:reject|verif|not found|unknown|invalid|exist)|verification failed for/i
/** Whatever else is said, these speak of trust, of rules or of room. */
const ofRules = /\b(?:spf|dkim|dmarc|dnsbl|rbl|spam|polic\w*|block\w*|black\w*|list(?:ed|ing)|relay\w*|denied|reputation|quota|full|limit\w*|greylist\w*|authenti\w*)\b/i // prettier-ignore

/**
 * Whom a refusal for good blames. Its enhanced code (RFC 3463) says so, at the beginning of its words; where it has none, or
 * one that says nothing, its words do. Many servers refuse senders only after the recipient was named, and many refuse
 * everything with a bare 550: an address counts as dead only where that is plain.
 * @param code of the reply; 0 where a report tells no reply
 * @param text of the reply, behind its code
 */
export function blamedBy(code: number, text: string): Blamed {
  const enhanced = /^\s*(5\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1]
  if (enhanced !== undefined && !saysNothing.has(enhanced))
    return dead.has(enhanced) ? 'reader' : ofSender.has(enhanced) ? 'sender' : 'message'
  if (ofSenders.test(text)) return 'sender'
  const isPlain = ofReaders.test(text) && isGone.test(text) && !ofRules.test(text)
  return isPlain && (code === 0 || ofMailboxes.has(code)) ? 'reader' : 'message'
}

/**
 * The same of a report (RFC 3464), whose status may be a mere 5.0.0 (Exim writes no other): then the reply that it quotes
 * is what was meant.
 */
export function blamedByReport({ status, diagnostic }: { status: string; diagnostic: string }): Blamed {
  if (!saysNothing.has(status)) return blamedBy(0, status)
  const [, code = '0', words = diagnostic] = /^(?:smtp;\s*)?(\d{3})[ -]\s*(.*)$/is.exec(diagnostic.trim()) ?? []
  return blamedBy(Number(code), words)
}
