import { mappingKinds } from '#ingest/mapping.ts'
import type { OpenSource } from '#ingest/replay.ts'
import { type House } from './wire.ts'
import { sources } from './wire-sources.ts'

const isMapped = (name: string): boolean => mappingKinds.some((kind) => kind === name)

/**
 * Opens all that brings rows under the name of a source, to read one of them again: what is read by the mapping that is
 * given, or else the exports of that name and the API of that vendor where it is connected.
 */
export const sourcesOf =
  ({ feeds }: Pick<House, 'feeds'>): OpenSource =>
  (name, mapping) => {
    const own = sources[name]
    if (own && isMapped(name)) return [own.open(mapping)]
    const exports = Object.entries(sources).flatMap(([key, { open }]) => (isMapped(key) ? [] : [open(undefined)]))
    return [...exports, ...Object.values(feeds).map(({ source }) => source)].filter((source) => source.name === name)
  }
