/** What a request for a pixel or a link tells about who made it. Header names in lower case. */
export type Visit = { method: string; userAgent: string | null; headers: Readonly<Record<string, string | undefined>> }

/** Programs that fetch images or links of messages: proxies of mail providers, security gateways, scripts. */
const machines: readonly [RegExp, string][] = [
  [/GoogleImageProxy|ggpht\.com/i, 'image proxy of Gmail'],
  [/YahooMailProxy/i, 'image proxy of Yahoo'],
  [/Barracuda|Proofpoint|Mimecast|BitdefenderLink|Symantec|FireEye|SafeLinks|ZScaler/i, 'security gateway'],
  [/\b(curl|wget|python-requests|python-urllib|Go-http-client|Java|okhttp|node-fetch|undici|axios|libwww-perl|HeadlessChrome)\b/i, 'program'],
  // Cubot makes telephones; browsers within Telegram and WhatsApp name these behind themselves.
  [/(?<!\bcu)bot\b|crawler|spider|preview|facebookexternalhit|^WhatsApp\//i, 'crawler or preview'],
] // prettier-ignore

/**
 * Why a visit looks like a machine's, or null. It is a label on the event and never a reason to drop it: reports may
 * leave such visits out, and a better rule later can change its mind.
 */
export function machineLabel(visit: Visit): string | null {
  if (visit.method !== 'GET' && visit.method !== 'POST') return `method ${visit.method}`
  const purpose = visit.headers['sec-purpose'] ?? visit.headers['purpose'] ?? visit.headers['x-purpose']
  if (purpose !== undefined && /prefetch|preview/i.test(purpose)) return 'prefetch'
  if (visit.headers['x-moz'] === 'prefetch') return 'prefetch'
  if (visit.userAgent === null || visit.userAgent.trim() === '') return 'no user agent'
  // Apple Mail Privacy Protection fetches every pixel through a proxy that says only this.
  if (visit.userAgent.trim() === 'Mozilla/5.0') return 'privacy proxy of Apple Mail'
  return machines.find(([pattern]) => pattern.test(visit.userAgent ?? ''))?.[1] ?? null
}
