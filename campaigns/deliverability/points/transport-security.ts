import { getPolicy } from 'mailauth/lib/mta-sts.js'
import { createTransport } from 'nodemailer'
import { codeOf, messageOf } from '#kernel/errors.ts'
import { scrubbed } from '#kernel/log.ts'
import { pass, fail, unknown, warn, worstOf, type Finding } from '../finding.ts'
import type { Outlet } from '../outlet.ts'
import type { Point, Subject } from '../point.ts'

/** TLS on the way out, with a certificate that can be trusted; what MTA-STS and TLS-RPT say can be read. */
export const transportSecurity: Point = {
  id: 'transport-security',
  what: 'Mail is handed over encrypted',
  outside: true,
  run: async (subject) => worstOf([await handedOver(subject.outlet), await inbound(subject), await reporting(subject)]),
}

async function handedOver(outlet: Outlet): Promise<Finding> {
  if (outlet.kind !== 'smtp') return pass('Messages are handed over by HTTPS.')
  const transport = createTransport({ url: outlet.url, requireTLS: true, connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 }) // prettier-ignore
  try {
    await transport.verify()
    return pass(`${outlet.host} takes mail by TLS, under a certificate that can be trusted.`)
  } catch (fault) {
    const why = scrubbed(messageOf(fault)).slice(0, 200)
    return codeOf(fault) === 'ETLS' || /certificate|altname/i.test(why)
      ? fail(`${outlet.host} takes no mail by TLS: ${why}.`, 'Turn STARTTLS on, with a certificate for its name.')
      : unknown(`${outlet.host} could not be asked: ${why}.`, 'See that the server is up and takes this sign-in.')
  } finally {
    transport.close()
  }
}

/** MTA-STS (RFC 8461) is about mail to the domain: answers and bounces. Having none is no fault. */
async function inbound({ domain, dns }: Subject): Promise<Finding> {
  const declared = await dns.txt(`_mta-sts.${domain}`)
  if (declared.kind === 'unknown') return unknown(`Whether ${domain} has MTA-STS could not be asked.`, 'Try again.')
  if (declared.kind === 'none') return pass(`${domain} has no MTA-STS, which nobody demands.`)
  try {
    const { policy } = await getPolicy(domain, null, { resolver: dns.raw, timeout: 5_000 })
    return pass(`Its MTA-STS policy can be read (${policy?.mode ?? 'none'}).`)
  } catch (fault) {
    return warn(`Its MTA-STS policy cannot be read: ${messageOf(fault)}.`, 'Mend the policy, or take the record out.')
  }
}

async function reporting({ domain, dns }: Subject): Promise<Finding> {
  const name = `_smtp._tls.${domain}`
  const txt = await dns.txt(name)
  if (txt.kind === 'unknown') return unknown(`${name} could not be asked.`, 'Try again later.')
  if (txt.kind === 'none') return pass('It asks for no TLS reports.')
  return txt.records.some((text) => /^v=TLSRPTv1\s*;\s*rua=(mailto:|https:)/.test(text))
    ? pass('Its TLS reports have a place to go.')
    : warn(`${name} cannot be read.`, 'Mend it.', { type: 'TXT', name, value: `v=TLSRPTv1; rua=mailto:tls@${domain}` })
}
