import type { Queryable } from '#kernel/db.ts'
import type { Hash, IdentifierId } from '#kernel/ids.ts'
import { versionOf } from '#kernel/versions.ts'
import { linkageModel, type LinkageModel } from '../linkage/model.ts'
import { blockingKeys, prepareRecord, scorePair, type Prepared as Fields, type ScoredPair } from '../linkage/online.ts'
import type { LinkedProfile } from '../queries/alike.ts'
import { selectLiveHash } from '../queries/identity-state.ts'
import type { Comparison } from './joins.ts'
import { recordOf } from './profile-table.ts'

/** A profile made ready to be compared, and the keys it is found by. */
export type Prepared = { id: IdentifierId; fields: Fields; keys: readonly string[] }

/** How alike two profiles are, and what speaks for and against, in bits: the steps add up to the weight. */
export type Waterfall = ScoredPair

/** A trained model of linkage, ready to compare. Bands in bits: from `merge` on people are joined, from `review` on a person is asked. */
export type Linkage = {
  hash: Hash
  model: LinkageModel
  merge: number
  review: number
  prepare: (profile: LinkedProfile) => Prepared
  compare: (one: Prepared, other: Prepared) => Comparison
  explain: (one: Prepared, other: Prepared) => Waterfall
}

/** The name of the model among the versions of kind 'identity'. */
export const linkageName = 'linkage'

/** A model is large and never changes under its hash: the one in use is kept ready. */
let opened: Linkage | null = null

/** The live model of linkage; null while none was trained. */
export async function liveLinkage(db: Queryable): Promise<Linkage | null> {
  const hash = await selectLiveHash(db, linkageName)
  return hash === null ? null : linkageOf(db, hash)
}

/** A model of linkage by its hash. */
export async function linkageOf(db: Queryable, hash: Hash): Promise<Linkage> {
  if (opened?.hash === hash) return opened
  const version = await versionOf<unknown>(db, 'identity', hash)
  if (!version) throw new Error(`The model of linkage ${hash} was released, but is not there: release another version`)
  opened = openLinkage(hash, linkageModel.parse(version.body))
  return opened
}

/** A model ready to compare profiles. */
export function openLinkage(hash: Hash, model: LinkageModel): Linkage {
  const explain = (one: Prepared, other: Prepared): Waterfall => {
    const scored = scorePair(model, one.fields, other.fields)
    if (scored.band !== 'merge' || !isOfNamesAlone(scored, one, other)) return scored
    return { ...scored, band: 'review', doubt: 'nothing-personal' }
  }
  return {
    hash,
    model,
    merge: model.bands.merge,
    review: model.bands.review,
    prepare: (profile) => {
      const fields = prepareRecord(model, recordOf(profile))
      return { id: profile.identifierId, fields, keys: blockingKeys(model, fields) }
    },
    compare: (one, other) => {
      if (isAnother(one, other)) return 'apart'
      if (!telling(one, other)) return null
      const { weight, doubt } = explain(one, other)
      return doubt ? Math.min(weight, model.bands.merge - short) : weight
    },
    explain,
  }
}

/** In bits: by so little a pair that must be looked at stays below the band of those joined without asking. */
const short = 0.01

/**
 * Whether all that agrees of two people's own is an address of mail that says their name over again: namesakes have such
 * addresses, too, each at a provider of their own.
 */
function isOfNamesAlone({ steps }: Waterfall, one: Prepared, other: Prepared): boolean {
  const levelOf = (field: string): string | undefined => steps.find((step) => step.comparison === field)?.level
  const born = levelOf('dob')
  if (levelOf('email') !== 'same user' || born === 'exact' || born === 'one slip') return false
  const words = [one, other].flatMap(({ fields: { given, family } }) =>
    [given, family].flatMap((part) => part?.value.split(' ') ?? []),
  )
  const user = one.fields['email']?.['user'] ?? ''
  // The longest first, so that no name is torn by a shorter one in it.
  const rest = words.toSorted((a, b) => b.length - a.length).reduce((left, word) => left.replace(word, ''), user)
  return rest.replaceAll(/[^\p{L}\p{N}]/gu, '').length < leastOwn
}

/** Fewer letters and digits beside the name (an initial, a part of a name, a lucky number) tell nobody apart. */
const leastOwn = 3

/** Two birthdays that agree in neither year, month nor day are of two people, whatever else agrees. */
function isAnother(one: Prepared, other: Prepared): boolean {
  const [a, b] = [one.fields['dob']?.value, other.fields['dob']?.value]
  if (a?.length !== 8 || b?.length !== 8) return false
  return a.slice(0, 4) !== b.slice(0, 4) && a.slice(4, 6) !== b.slice(4, 6) && a.slice(6) !== b.slice(6)
}

const own = ['given', 'family', 'dob', 'email', 'phone', 'street', 'postcode']

/** A pair tells something when at least two fields of the person are known of both. */
const telling = (one: Prepared, other: Prepared): boolean =>
  own.filter((name) => one.fields[name] && other.fields[name]).length >= 2
