import { isIPv6 } from 'node:net'
import { fail, pass, unknown, warn, type Finding } from '../finding.ts'
import type { Point, Subject } from '../point.ts'

/** Reverse names (RFC 8601 § 3, `iprev`): the address leads to a name, the name back to the address, and HELO says it. */
export const reverseDns: Point = {
  id: 'reverse-dns',
  what: 'The address that mail leaves from has a name that leads back to it',
  outside: true,
  run: (subject) => {
    if (subject.outlet.kind === 'resend') return pass('Resend sends from addresses of its own, and keeps their names.')
    const address = subject.sendingAddress ?? subject.received?.spf?.address ?? null
    return address === null
      ? unknown('From which address mail leaves is not known.', 'Set MAIL_SENDING_IP, or read a message that arrived.')
      : roundTrip(subject, address)
  },
}

async function roundTrip({ dns, domain, received }: Subject, address: string): Promise<Finding> {
  const record = { type: 'PTR', name: address, value: `mail.${domain}` } as const
  const names = await dns.names(address)
  if (names.kind === 'unknown') return unknown(`The name of ${address} could not be asked: ${names.why}.`, 'Try again.')
  if (names.kind === 'none')
    return fail(`${address} has no name.`, 'Ask whoever rents you the address to set it.', record)
  const answers = await Promise.all(names.records.map((name) => dns.addresses(name)))
  const back = names.records.filter((_, index) => {
    const answer = answers[index]
    return answer?.kind === 'found' && answer.records.map(plain).includes(plain(address))
  })
  if (back.length === 0)
    return answers.some((answer) => answer.kind === 'unknown')
      ? unknown(`Whether ${names.records.join(', ')} leads back to ${address} could not be asked.`, 'Try again later.')
      : fail(`${names.records.join(', ')} does not lead back to ${address}.`, 'Give the name that address.', record)
  const helo = received?.spf?.helo?.toLowerCase()
  if (helo !== undefined && !back.map((name) => name.toLowerCase()).includes(helo))
    return warn(`${address} is ${back[0]}, but its server says HELO ${helo}.`, `Have it say ${back[0]}.`)
  return pass(`${address} is ${back[0]}, which leads back to it.`)
}

/** An address as it is written for short: of IPv6 there are many spellings (RFC 5952). */
const plain = (address: string): string => (isIPv6(address) ? new URL(`http://[${address}]/`).hostname : address)
