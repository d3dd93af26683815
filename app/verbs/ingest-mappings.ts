import { mappingHistory, mappingNamed, rollbackMapping, savedMappings, liveMapping } from '#ingest/saved-mappings.ts'
import { UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

const shown = 12

/** Lists the saved mappings, shows the versions of one, or goes back to one of them. */
export function mappings(call: Call): Promise<number> {
  const [, name, version] = call.positionals
  return withHouse(call.config, async (house) => {
    if (name === undefined) return list(call, house)
    if (version === undefined) return history(call, house, name)
    const hash = await rollbackMapping(house, { name, hash: version, by: 'command line' })
    const live = await liveMapping(house.db, name)
    answer(call, live, [`${name} is version ${hash.slice(0, shown)} again: what is read after this goes by it`])
    return exit.done
  })
}

async function list(call: Call, { db }: House): Promise<number> {
  const all = await savedMappings(db)
  answer(call, all, [
    ...(all.length === 0 ? ['No mapping is saved: keep one with --save NAME'] : []),
    ...all.map(({ name, kind, hash, savedAt }) => `${name}: ${kind}, version ${hash.slice(0, shown)} of ${savedAt.toISOString()}`), // prettier-ignore
  ])
  return exit.done
}

async function history(call: Call, { db }: House, name: string): Promise<number> {
  const live = await liveMapping(db, name)
  if (!live) throw new UsageError(`There is no mapping named "${name}": list them with millrace ingest mappings`)
  const moves = await mappingHistory(db, name)
  const mapping = await mappingNamed(db, name, live.kind)
  answer(call, { ...mapping, history: moves }, [
    `${name}, a mapping of ${live.kind}: ${mapping.text}`,
    ...moves.map(({ hash, movedAt, movedBy, reason }, index) => `  ${index === 0 ? 'now' : '   '} ${hash.slice(0, shown)}, ${reason} ${movedAt.toISOString()} by ${movedBy}`), // prettier-ignore
  ])
  return exit.done
}
