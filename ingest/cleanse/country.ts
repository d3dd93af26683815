import { getCountries } from 'libphonenumber-js/max'

const regions: readonly string[] = getCountries()
const spokenIn = ['en', 'nl', 'de', 'fr', 'es', 'it', 'pt']
const otherNames: Record<string, string> = {
  uk: 'GB', 'great britain': 'GB', england: 'GB', scotland: 'GB', wales: 'GB', usa: 'US', 'united states of america': 'US',
  'u.s.': 'US', 'u.s.a.': 'US', holland: 'NL', 'the netherlands': 'NL', 'czech republic': 'CZ', korea: 'KR',
} // prettier-ignore

let byName: Map<string, string> | undefined

/** ISO 3166 code of a country given by code or by name in one of several languages; undefined when unknown. */
export function countryCode(text: string | null | undefined): string | undefined {
  const name = (text ?? '').normalize('NFKC').trim().toLowerCase()
  if (name === '') return undefined
  byName ??= namesOfCountries()
  return byName.get(name)
}

function namesOfCountries(): Map<string, string> {
  const names = new Map(Object.entries(otherNames))
  for (const language of spokenIn) {
    const display = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' })
    for (const region of regions) {
      const name = /^[A-Z]{2}$/.test(region) ? display.of(region) : undefined
      if (name !== undefined) names.set(name.toLowerCase(), region)
    }
  }
  for (const region of regions) if (/^[A-Z]{2}$/.test(region)) names.set(region.toLowerCase(), region)
  return names
}

/** The country a time zone lies in (`Europe/Amsterdam` is NL); undefined for zones of no country, such as UTC. */
export function countryOfZone(zone: string): string | undefined {
  if (!byZone.has(zone))
    byZone.set(zone, regions.find((region) => /^[A-Z]{2}$/.test(region) && zonesOf(region).includes(zone))) // prettier-ignore
  return byZone.get(zone)
}

/** A business has one zone, and to look for its country takes a while. */
const byZone = new Map<string, string | undefined>()

/** In every engine that runs the house, not yet in the type of `Intl.Locale`. */
type LocaleWithZones = Intl.Locale & { getTimeZones?: () => string[] | undefined }

const zonesByRegion = new Map<string, readonly string[]>()

/** The IANA zones of a country by its ISO 3166 code; none where it is no country. */
export function zonesOf(region: string): readonly string[] {
  if (!/^[A-Z]{2}$/.test(region)) return []
  const known = zonesByRegion.get(region)
  if (known) return known
  const locale: LocaleWithZones = new Intl.Locale(`und-${region}`)
  const zones = locale.getTimeZones?.() ?? []
  zonesByRegion.set(region, zones)
  return zones
}
