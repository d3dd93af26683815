import type { Clock } from '#kernel/clock.ts'
import { newId } from '#kernel/ids.ts'
import type { Message } from '../channel.ts'
import type { Sender } from '../definition.ts'
import { escapeHtml } from '../render/slots.ts'
import type { Language } from '#rag/guardrails/rule.ts'
import { pageWords } from './page-words.ts'

/**
 * The mail that asks whether it was them. It is no marketing: it says who asks and why, and nothing else, and it follows
 * nobody. It speaks the language of the page. No ledger row stands behind it, so its id is its own.
 */
export function signUpMail(
  clock: Clock,
  { sender, address, url, language }: { sender: Sender; address: string; url: string; language: Language },
): Message {
  const deliveryId = newId<'delivery'>(clock)
  const { businessName, postalAddress } = sender
  const words = pageWords[language]
  const [subject, ask, otherwise] = [words.mailSubject(businessName), words.mailAsks(businessName), words.mailElse]
  return {
    deliveryId,
    messageId: `<${deliveryId}@${sender.from.address.split('@')[1] ?? 'localhost'}>`,
    from: sender.from,
    replyTo: sender.replyTo,
    to: address,
    subject,
    text: `${ask}\n\n${url}\n\n${otherwise}\n\n${businessName}\n${postalAddress}\n`,
    html: `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head><body style="font:16px/1.5 sans-serif">${line(ask)}<p><a href="${escapeHtml(url)}">${escapeHtml(words.itWasMe)}</a></p>${line(otherwise)}${line(`${businessName}, ${postalAddress}`)}</body></html>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

const line = (text: string): string => `<p>${escapeHtml(text)}</p>`
