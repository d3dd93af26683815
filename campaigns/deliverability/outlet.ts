/** Where mail leaves the house. A sink on this machine passes nothing on: it is for trying things out. */
export type Outlet =
  | { kind: 'none' }
  | { kind: 'sink'; at: string }
  | { kind: 'smtp'; url: string; host: string }
  | { kind: 'resend' }

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** Whether a server is one of this machine, where somebody tries things out. */
export const isThisMachine = (url: string): boolean => loopback.has(new URL(url).hostname)

/** The outlet that the settings name; Resend goes before SMTP, as the channel does. */
export function outletOf({ resendUrl, smtpUrl }: { resendUrl: string | null; smtpUrl: string | null }): Outlet {
  const url = resendUrl ?? smtpUrl
  if (url === null) return { kind: 'none' }
  const { hostname, host } = new URL(url)
  if (isThisMachine(url)) return { kind: 'sink', at: host }
  return resendUrl === null ? { kind: 'smtp', url, host: hostname } : { kind: 'resend' }
}

/** Where what a campaign sends goes: `texts`, where none of it is mail and some of it leaves this machine. */
export type Left = { kind: Outlet['kind'] | 'texts' }

/** Whether messages reach anybody: what a domain's reputation is made of. */
export const leavesTheHouse = ({ kind }: Left): boolean => kind === 'smtp' || kind === 'resend' || kind === 'texts'

/** The domain that an address is of. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()
