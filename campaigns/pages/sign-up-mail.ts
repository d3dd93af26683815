import type { Clock } from '#kernel/clock.ts'
import { newId } from '#kernel/ids.ts'
import type { Message } from '../channel.ts'
import type { Sender } from '../definition.ts'
import { escapeHtml } from '../render/slots.ts'

/**
 * The mail that asks whether it was them. It is no marketing: it says who asks and why, and nothing else, and it follows
 * nobody. No ledger row stands behind it, so its id is its own.
 */
export function signUpMail(
  clock: Clock,
  { sender, address, url }: { sender: Sender; address: string; url: string },
): Message {
  const deliveryId = newId<'delivery'>(clock)
  const { businessName, postalAddress } = sender
  const ask = `Somebody, we hope you, asked ${businessName} to write to this address. Is that right? Then say so here, within three days:`
  const otherwise = 'If it was not you, do nothing: no mail will follow, and the address is not kept.'
  return {
    deliveryId,
    messageId: `<${deliveryId}@${sender.from.address.split('@')[1] ?? 'localhost'}>`,
    from: sender.from,
    replyTo: sender.replyTo,
    to: address,
    subject: `Please confirm: mail from ${businessName}`,
    text: `${ask}\n\n${url}\n\n${otherwise}\n\n${businessName}\n${postalAddress}\n`,
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Please confirm</title></head><body style="font:16px/1.5 sans-serif">${line(ask)}<p><a href="${escapeHtml(url)}">Yes, it was me</a></p>${line(otherwise)}${line(`${businessName}, ${postalAddress}`)}</body></html>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

const line = (text: string): string => `<p>${escapeHtml(text)}</p>`
