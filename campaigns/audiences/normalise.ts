import { sha256 } from '#kernel/crypto.ts'

export const platforms = ['google', 'meta'] as const
export type Platform = (typeof platforms)[number]

/** What a platform is told of an address: the digest of its spelling as the platform would spell it. */
export type Spelling = { email: (address: string) => string; phone: (e164: string) => string }

const plain = (text: string): string => text.normalize('NFKC').replaceAll(/\s/g, '').toLowerCase()

/** Gmail's own two domains; elsewhere a dot tells mailboxes apart. */
const gmail = /^(.+)@(gmail|googlemail)\.com$/

/**
 * How each platform wants an address before it is hashed by SHA-256, in hex. Google (Customer Match): lower case, no
 * spaces, for gmail.com and googlemail.com no dots before the domain; telephone numbers as E.164 with their `+`. Meta
 * (customer lists): lower case, no spaces, nothing else; telephone numbers as digits with the country's code.
 */
export const spellings: Readonly<Record<Platform, Spelling>> = {
  google: {
    email: (address) =>
      plain(address).replace(gmail, (_, mailbox: string, domain: string) => `${mailbox.replaceAll('.', '')}@${domain}.com`), // prettier-ignore
    phone: (e164) => `+${digits(e164)}`,
  },
  meta: { email: plain, phone: (e164) => digits(e164) },
}

/** Without the zeros before the country's code, which some write instead of the `+`. */
const digits = (text: string): string => text.replaceAll(/\D/g, '').replace(/^0+/, '')

/** The digest that stands in the file. */
export const digestOf = (platform: Platform, kind: keyof Spelling, address: string): string =>
  sha256(spellings[platform][kind](address))
