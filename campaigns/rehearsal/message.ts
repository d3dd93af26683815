import type { Db } from '#kernel/db.ts'
import type { DeliveryId, IdentifierId, PersonId } from '#kernel/ids.ts'
import { addressKindOf, mayReceive } from '#governance/consent.ts'
import type { PersonCaps } from '../delivery/caps.ts'
import type { ChannelName } from '../channel.ts'
import { channelsOf, mailsOnly, purposeOf, sendByKey, type CampaignDefinition } from '../definition.ts'
import { judge } from '../delivery/gate.ts'
import type { Candidate } from '../queries/claims.ts'
import type { Rehearsed } from '../queries/dry-run.ts'
import { firstPlace, type Places } from './limits.ts'
import { rehearseMessage, rehearseText } from '../render/preview.ts'
import type { PersonFields } from '../render/slots.ts'
import type { Variant } from '../render/variant.ts'
import { textOf } from '../render/variants.ts'

/** What a message that is only rehearsed goes by. */
export type Rehearsal = {
  deps: { db: Db; zone: string; houseCaps?: PersonCaps | undefined }
  definition: CampaignDefinition
  variants: ReadonlyMap<string, Variant>
  fields: ReadonlyMap<PersonId, PersonFields>
  places: Places
}

/** Somebody, and when what they have had so far left. */
export type Reader = { person: Rehearsed; sent: Date[] }

const dayMs = 24 * 3_600_000

/** `why`: why it does not. */
type Leaves = { at: Date; why: string | null; channel: ChannelName }

/** When a step's message leaves for somebody: by the first of its channels that can reach them; by none, why the last cannot. */
export async function messageLeaves(rehearsal: Rehearsal, reader: Reader, stepKey: string, at: Date): Promise<Leaves> {
  const step = sendByKey(rehearsal.definition, stepKey)
  const channels = step ? channelsOf(step) : ['email' as const]
  let last: Leaves = { at, why: 'the journey has no such step', channel: 'email' }
  for (const channel of channels) {
    const to = mailsOnly(rehearsal.definition) ? reader.person : reader.person.others.find(({ kind }) => kind === addressKindOf(channel)) // prettier-ignore
    if (!to) {
      last = { at, why: `no address for ${channel}`, channel }
      continue
    }
    const { unreached, ...left } = await outcome(
      rehearsal,
      reader,
      { stepKey, channel, identifierId: to.identifierId },
      at,
    )
    last = { ...left, channel }
    if (!unreached) return last
  }
  return last
}

type Way = { stepKey: string; channel: ChannelName; identifierId: IdentifierId }

/** When a step's message leaves for a person by a channel, or why it never does: their values, then the gate, as it would be asked. */
async function outcome(
  rehearsal: Rehearsal,
  reader: Reader,
  way: Way,
  at: Date,
): Promise<{ at: Date; why: string | null; unreached?: true }> {
  const unfit = unfitFor(rehearsal, reader, way)
  if (unfit !== null) return { at, why: unfit }
  let leaves = firstPlace(rehearsal.places, at)
  for (let tries = 0; tries < 10; tries++) {
    const facts = await gateFacts(rehearsal, way, leaves)
    const [verdict] = judge([candidateOf(reader, way, at, leaves)], facts)
    if (verdict?.state === 'claimed') {
      const place = firstPlace(rehearsal.places, leaves)
      if (place.getTime() === leaves.getTime()) return { at: leaves, why: null }
      leaves = place
      continue
    }
    if (verdict?.unreached) return { at: leaves, why: verdict.reason ?? 'the gate', unreached: true }
    if (verdict?.state !== 'planned' || !verdict.dueAt) return { at: leaves, why: verdict?.reason ?? 'the gate' }
    leaves = verdict.dueAt
  }
  return { at: leaves, why: 'no time at which it may leave was found' }
}

/** Why a message cannot be filled in for somebody, or null. */
function unfitFor(
  { definition, variants, fields }: Rehearsal,
  { person: { personId } }: Reader,
  way: Way,
): string | null {
  const person = fields.get(personId) ?? {}
  const { stepKey, channel } = way
  if (channel !== 'email') {
    const text = textOf(definition, stepKey, channel)
    const rendered = text && rehearseText(text, person)
    return rendered?.kind === 'blocked' ? rendered.why : null
  }
  const variant = variants.get(stepKey)
  const rendered = variant && rehearseMessage(variant, definition.sender, person)
  return rendered?.kind === 'blocked' ? rendered.why : null
}

async function gateFacts({ deps, definition }: Rehearsal, { channel, identifierId }: Way, at: Date) {
  const mayMail = await mayReceive(deps.db, { channel, purpose: purposeOf(definition), at }, [identifierId])
  return { definition, at, channel, businessZone: deps.zone, houseCaps: deps.houseCaps, mayMail, mayTrack: new Map() }
}

const nowhere = '00000000-0000-7000-8000-000000000000' as DeliveryId

function candidateOf(one: Reader, { stepKey, identifierId }: Way, plannedFor: Date, at: Date): Candidate {
  const { personId, zone, country, recent } = one.person
  const had = [...recent, ...one.sent]
  const since = (days: number): number => had.filter((when) => when.getTime() >= at.getTime() - days * dayMs).length
  return {
    id: nowhere,
    personId,
    currentPersonId: personId,
    identifierId,
    stepKey,
    occurrence: 1,
    stops: 0,
    plannedFor,
    zone,
    country,
    left: null,
    sameAddress: false,
    samePerson: false,
    today: since(1),
    recent: since(7),
  }
}
