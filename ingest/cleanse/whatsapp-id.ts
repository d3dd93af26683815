import { canonicalPhone } from './phone.ts'

/**
 * The phone number (E.164) of a WhatsApp id, which is the number as dialled from abroad without its plus. Undefined where it
 * is none. Ids keep what two countries have changed since: Mexico's have a 1 behind the 52 that nobody dials any more, and
 * Brazil's may lack the 9 that mobile numbers got in front.
 */
export function phoneOfWhatsAppId(id: string): string | undefined {
  const digits = /^\+?(\d{5,15})$/.exec(id.trim())?.[1]
  return digits === undefined ? undefined : canonicalPhone(`+${asDialledNow(digits)}`, undefined)
}

const asDialledNow = (digits: string): string =>
  digits.replace(/^521(?=\d{10}$)/, '52').replace(/^(55\d{2})(?=[6-9]\d{7}$)/, (area) => `${area}9`)
