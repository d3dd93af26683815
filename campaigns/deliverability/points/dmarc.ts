import { dmarc as discoverDmarc } from 'mailauth/lib/dmarc/index.js'
import { messageOf } from '#kernel/errors.ts'
import { fail, pass, unknown, warn, worstOf, type DnsRecord, type Finding } from '../finding.ts'
import type { Point, Subject } from '../point.ts'
import { tagsOf } from '../tags.ts'

/** DMARC (RFC 9989): found by the walk up the tree, says where reports go, and asks for more than nothing. */
export const dmarc: Point = {
  id: 'dmarc',
  what: 'DMARC says what becomes of mail that is not yours',
  outside: true,
  run: async (subject) => {
    const { domain, dns } = subject
    const found = await discoverDmarc({ headerFrom: [domain], spfDomains: [], dkimDomains: [], resolver: dns.raw }).catch(messageOf) // prettier-ignore
    if (typeof found === 'string' || found === false || found.status.result === 'temperror')
      return unknown(`The policy of ${domain} could not be asked${typeof found === 'string' ? `: ${found}` : ''}.`, 'Try again later.') // prettier-ignore
    const record = recordFor(domain)
    if (found.rr === undefined) return fail(`Neither ${domain} nor a domain above it has a policy.`, 'Add it.', record)
    const at = found.policyDomain ?? domain
    const tags = tagsOf(found.rr)
    return worstOf([
      policy(at, found.policy, found.testMode, record),
      ...(tags.has('pct') ? [warn('It has pct=, which no longer counts.', 'Take pct= out.')] : []),
      ...(await reports(subject, at, tags.get('rua'))),
    ])
  },
}

const recordFor = (domain: string): DnsRecord => ({
  type: 'TXT',
  name: `_dmarc.${domain}`,
  value: `v=DMARC1; p=quarantine; rua=mailto:dmarc@${domain}`,
})

function policy(at: string, asked: string, testing: boolean, record: DnsRecord): Finding {
  if (testing) return warn(`The policy of ${at} is a trial (t=y).`, 'Take t=y out when the reports are clean.', record)
  if (asked === 'none')
    return warn(
      `The policy of ${at} asks for nothing (p=none).`,
      'Ask for p=quarantine when reports are clean.',
      record,
    )
  return pass(`The policy of ${at} asks for ${asked}.`)
}

/** Where reports go; an address of another domain must have agreed to it (RFC 9990 § 4). */
async function reports({ dns }: Subject, at: string, rua: string | undefined): Promise<Finding[]> {
  const addresses = (rua ?? '').split(',').flatMap((uri) => /^\s*mailto:([^!?\s]+)/i.exec(uri)?.[1] ?? [])
  if (addresses.length === 0)
    return [warn('Nobody gets its reports.', `Add rua=mailto:dmarc@${at}: reports show who sends for you.`)]
  return Promise.all(
    addresses.map(async (address) => {
      const host = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
      if (host === at || host.endsWith(`.${at}`) || at.endsWith(`.${host}`)) return pass(`Reports go to ${address}.`)
      const name = `${at}._report._dmarc.${host}`
      const agreed = await dns.txt(name)
      if (agreed.kind === 'unknown') return unknown(`Whether ${host} takes reports could not be asked.`, 'Try again.')
      return agreed.kind === 'found' && agreed.records.some((text) => /^v\s*=\s*DMARC1/.test(text))
        ? pass(`Reports go to ${address}, and ${host} takes them.`)
        : warn(`${host} has not agreed to take reports of ${at}.`, 'Ask whoever keeps it to add this.', { type: 'TXT', name, value: 'v=DMARC1' }) // prettier-ignore
    }),
  )
}
