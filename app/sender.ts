import { addressParser } from 'postal-mime'
import type { Sender } from '#campaigns/definition.ts'
import type { Config } from '#kernel/config.ts'
import { UsageError } from '#kernel/errors.ts'

/** Who messages are from; null until the settings name a sender and a postal address. */
export function senderOf(config: Config): Sender | null {
  if (config.MAIL_FROM === undefined || config.BUSINESS_ADDRESS === '') return null
  const [from] = addressParser(config.MAIL_FROM, { flatten: true })
  if (!from?.address) throw new UsageError(`MAIL_FROM is no sender: write it as "Name <address@example.com>"`)
  return {
    from: { name: from.name || config.BUSINESS_NAME, address: from.address },
    replyTo: config.REPLY_TO ?? null,
    businessName: config.BUSINESS_NAME,
    postalAddress: config.BUSINESS_ADDRESS,
  }
}
