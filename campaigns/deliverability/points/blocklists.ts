import { listedName } from '../dns.ts'
import { fail, pass, unknown, worstOf, type Finding } from '../finding.ts'
import type { Point, Subject } from '../point.ts'

const ofAddresses = ['zen.spamhaus.org', 'bl.spamcop.net', 'psbl.surriel.com']
const ofDomains = ['dbl.spamhaus.org', 'multi.surbl.org']

/** Lists of senders nobody wants. A list that answers nothing, or refuses the resolver, leaves it unknown. */
export const blocklists: Point = {
  id: 'blocklists',
  what: 'No list of unwanted senders names you',
  outside: true,
  run: async (subject) => {
    const { domain, outlet, dns } = subject
    const address = subject.sendingAddress ?? subject.received?.spf?.address ?? null
    const domains = ofDomains.map((list) => listed(dns, list, `${domain}.${list}`, domain))
    if (outlet.kind === 'resend') return worstOf(await Promise.all(domains))
    const addresses =
      address === null
        ? [unknown('From which address mail leaves is not known.', 'Set MAIL_SENDING_IP.')]
        : ofAddresses.map((list) => listed(dns, list, listedName(address, list), address))
    return worstOf(await Promise.all([...domains, ...addresses]))
  },
}

async function listed(dns: Subject['dns'], list: string, name: string | null, what: string): Promise<Finding> {
  if (name === null) return unknown(`${list} has no answer for ${what}.`, 'Ask it by hand.')
  const answer = await dns.addresses(name)
  if (answer.kind === 'none') return pass(`${list} does not name ${what}.`)
  // 127.255.255.0/24: the list refuses whoever asks, a public resolver above all (Spamhaus, DNSBL usage).
  if (answer.kind === 'unknown' || answer.records.every((record) => record.startsWith('127.255.255.')))
    return unknown(`${list} gave no answer about ${what}.`, 'Set MAIL_DNS_SERVERS to a resolver of your own.')
  return answer.records.some((record) => record.startsWith('127.'))
    ? fail(`${list} names ${what}.`, 'Find out why, mend it, and ask the list to take you off.')
    : unknown(`${list} gave an answer that is none of a list.`, 'Ask it by hand.')
}
