/** Where mail leaves the house. A sink on this machine passes nothing on: it is for trying things out. */
export type Outlet =
  | { kind: 'none' }
  | { kind: 'sink'; at: string }
  | { kind: 'smtp'; url: string; host: string }
  | { kind: 'resend' }

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** The outlet that the settings name; Resend goes before SMTP, as the channel does. */
export function outletOf({ resendUrl, smtpUrl }: { resendUrl: string | null; smtpUrl: string | null }): Outlet {
  const url = resendUrl ?? smtpUrl
  if (url === null) return { kind: 'none' }
  const { hostname, host } = new URL(url)
  if (loopback.has(hostname)) return { kind: 'sink', at: host }
  return resendUrl === null ? { kind: 'smtp', url, host: hostname } : { kind: 'resend' }
}

/** Whether messages reach anybody: what a domain's reputation is made of. */
export const leavesTheHouse = ({ kind }: Pick<Outlet, 'kind'>): boolean => kind === 'smtp' || kind === 'resend'

/** The domain that an address is of. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()
