import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveVersion, pointAt, register, versionOf } from '#kernel/versions.ts'

/** What an identifier is to a rule: any vendor's id counts as `vendor`. */
export const families = ['vendor', 'email', 'phone', 'device'] as const
export type Family = (typeof families)[number]

export const familyOf = (kind: string): Family =>
  kind === 'email' || kind === 'phone' || kind === 'device' ? kind : 'vendor'

const pattern = z.string().refine(isPattern, 'not a regular expression')

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

const ruleSchema = z.object({
  name: z.string(),
  /** The identifier that two others share. */
  shared: z.enum(families),
  /** Whom sharing it joins. Where it joins nobody, it belongs to nobody alone. */
  joins: z.enum(['everybody', 'unless-names-clash', 'only-if-names-agree']),
  /** Beyond so many claims it says nothing: of one source, and of all. */
  limit: z.object({ perSource: z.int().positive(), total: z.int().positive() }),
})

/** A versioned model of identity: rules from strongest to weakest, and the values that say nothing or little. */
export const identityModel = z.object({
  rules: z.array(ruleSchema).min(1),
  /** Placeholders: never evidence, of anything. */
  blocked: z.record(z.enum(families), z.array(pattern)),
  /** Addresses of a function, not of a person: they join only where whole names agree. */
  roles: z.array(pattern),
  /** Sources that know each person once: two ids of such a source are two people. */
  distinct: z.array(z.string()).default([]),
  /** How many identifiers of a family one person may have; of ties that lead beyond, the weakest are dropped. */
  perPerson: z.partialRecord(z.enum(families), z.int().positive()).default({}),
  /** What likeness may not do by itself: join people into one of more profiles than these. */
  largest: z.int().positive().default(40),
})
export type IdentityModel = z.infer<typeof identityModel>
export type IdentityRule = IdentityModel['rules'][number]

const junk = ['^[0-]*$', '^(null|none|nil|undefined|nan|n/?a|unknown|anonymous|guest|test|-1|0)$']

/** The model the house starts with. The limits follow what small shops show: a guest gets a new vendor id for each order. */
export const firstModel: IdentityModel = {
  rules: [
    { name: 'same-vendor-id', shared: 'vendor', joins: 'everybody', limit: { perSource: 20, total: 60 } },
    { name: 'same-email', shared: 'email', joins: 'unless-names-clash', limit: { perSource: 40, total: 100 } },
    { name: 'same-phone', shared: 'phone', joins: 'only-if-names-agree', limit: { perSource: 8, total: 20 } },
    { name: 'same-device', shared: 'device', joins: 'only-if-names-agree', limit: { perSource: 10, total: 20 } },
  ],
  blocked: {
    vendor: junk,
    email: [
      '^(no-?reply|do-?not-?reply|mailer-daemon|postmaster|abuse|bounces?|nobody|none|null|anonymous|unknown|test|guest|user|fake|spam)@',
      '@(test|invalid|localhost|none)(\\.|$)',
      '^[^@]*$',
    ],
    phone: [...junk, '^\\+?[0-9]{0,3}0{6,}$', '(\\d)\\1{6,}', '^\\+?\\d{0,5}$', '123456789$'],
    device: junk,
  },
  roles: [
    '^(info|sales|contact|kontakt|hello|hallo|hi|office|kantoor|admin|administratie|receptie|reception|support|service|klantenservice|help|team|mail|post|inkoop|factuur|facturen|finance|billing|accounts?|boekhouding|orders?|bestellingen|shop|winkel|marketing|hr|jobs|welkom|welcome)@',
  ],
  distinct: ['user'],
  perPerson: { email: 15, phone: 10, device: 300 },
  largest: 40,
}

const name = 'rules'

export type Rules = { hash: Hash; model: IdentityModel }

/** A version never changes: the one in use is kept read. */
let opened: Rules | null = null

/** A version of the rules by its hash. */
export async function rulesOf(db: Queryable, hash: Hash): Promise<Rules> {
  if (opened?.hash === hash) return opened
  const version = await versionOf<unknown>(db, 'identity', hash)
  if (!version)
    throw new Error(`The rules of identity ${hash} were released, but are not there: release another version`)
  opened = { hash, model: identityModel.parse(version.body) }
  return opened
}

/** The live model; at the first call the house's own is registered and released. */
export async function liveModel(deps: { db: Db; clock: Clock }, by: string): Promise<Rules> {
  const live = await liveVersion<unknown>(deps.db, 'identity', name)
  if (live) return { hash: live.hash, model: identityModel.parse(live.body) }
  const author = { clock: deps.clock, by }
  const hash = await deps.db.transaction(async (tx) => {
    const registered = await register(tx, author, 'identity', name, firstModel)
    await pointAt(tx, author, 'identity', name, registered, 'the first model')
    return registered
  })
  return { hash, model: firstModel }
}
