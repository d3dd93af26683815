/** Who keeps many mailboxes, and judges senders by what all of them say. A single domain is its own provider. */
export const bigProviders = ['gmail', 'microsoft', 'yahoo', 'apple'] as const
export type BigProvider = (typeof bigProviders)[number]

const domains: Readonly<Record<BigProvider, readonly RegExp[]>> = {
  gmail: [/^(gmail|googlemail)\.com$/],
  microsoft: [/^(outlook|hotmail|live|windowslive)\.(com?\.)?[a-z]{2,3}$/, /^(msn|passport)\.com$/],
  yahoo: [/^(yahoo|ymail|aol)\.(com?\.)?[a-z]{2,3}$/, /^(rocketmail|myyahoo|aim|verizon|netscape)\.(com|net)$/],
  apple: [/^(icloud|me|mac)\.com$/],
}

const exchanges: Readonly<Record<BigProvider, RegExp>> = {
  gmail: /(^|\.)(google\.com|googlemail\.com|smtp\.goog)$/,
  microsoft: /\.(protection\.outlook\.com|mx\.microsoft)$/,
  yahoo: /\.(yahoodns\.net|aol\.com)$/,
  apple: /(^|\.)(mail\.icloud\.com|apple\.com)$/,
}

/** The provider of a domain everybody knows, or null. */
export const knownProvider = (domain: string): BigProvider | null =>
  bigProviders.find((provider) => domains[provider].some((pattern) => pattern.test(domain))) ?? null

/** The provider of a domain by the servers that take its mail: Google and Microsoft keep mail for others, too. */
export function providerByExchange(domain: string, mailServers: readonly string[]): string {
  const hosts = mailServers.map((host) => host.toLowerCase().replace(/\.$/, ''))
  return bigProviders.find((provider) => hosts.some((host) => exchanges[provider].test(host))) ?? domain
}

/** What people call it. */
export const providerWords = (provider: string): string =>
  ({ gmail: 'Gmail', microsoft: 'Microsoft', yahoo: 'Yahoo and AOL', apple: 'Apple' })[provider] ?? provider
