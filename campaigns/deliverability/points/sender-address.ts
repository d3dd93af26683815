import { fail, pass, unknown, worstOf, type Finding } from '../finding.ts'
import { knownProvider } from '../mailbox-provider.ts'
import type { Point, Subject } from '../point.ts'

/** From and Reply-To: of a domain that takes mail, and no free mailbox, whose owners refuse mail sent by others. */
export const senderAddress: Point = {
  id: 'sender-address',
  what: 'Answers arrive',
  outside: true,
  run: async (subject) => {
    const { from, replyTo } = subject.sender
    const addresses = [...new Set([from.address, ...(replyTo === null ? [] : [replyTo])])]
    return worstOf(await Promise.all(addresses.map((address) => takesMail(subject, address, address === from.address))))
  },
}

async function takesMail({ dns }: Subject, address: string, isFrom: boolean): Promise<Finding> {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  if (isFrom && knownProvider(domain) !== null)
    return fail(`${address} is a free mailbox: its owner lets nobody else send for it.`, 'Send from your own domain.')
  const mx = await dns.mx(domain)
  if (mx.kind === 'unknown') return unknown(`Whether ${domain} takes mail could not be asked: ${mx.why}.`, 'Try again.')
  const record = { type: 'MX', name: domain, value: '10 (the mail server that takes your answers)' } as const
  if (mx.kind === 'none') return fail(`${domain} takes no mail: answers and bounces are lost.`, 'Add this.', record)
  if (mx.records.some(({ exchange }) => exchange === '' || exchange === '.'))
    return fail(`${domain} says that it takes no mail (a null MX).`, 'Replace it.', record)
  return pass(`${address} takes mail at ${mx.records[0]?.exchange}.`)
}
