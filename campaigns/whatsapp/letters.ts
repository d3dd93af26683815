import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { DeliveryId, IdentifierId } from '#kernel/ids.ts'
import type { Outcome, TextMessage } from '../channel.ts'
import {
  giveUpPlaces, selectReaders, takePlaces, upsertReaders, type Reader,
} from '../queries/whatsapp-messages.ts' // prettier-ignore
import { updateStatusOf } from '../queries/whatsapp-templates.ts'
import { pairPauseMs, restMs, templateStatusBy, type Treatment } from './errors.ts'
import type { WhatsAppAccount } from './meta.ts'
import { standingOf, type TemplateRow } from './templates.ts'

/** A message as the API takes it, but for whom it is to. */
export type Payload = { type: string } & Record<string, unknown>

/**
 * What leaves for a message. `otherwise`: the template that says the same, where a text may find the conversation closed.
 * `not-now`: nothing may, and why.
 */
export type Letter =
  | { kind: 'send'; payload: Payload; otherwise: Payload | null }
  | { kind: 'not-now'; outcome: Outcome }

/** What became of a message that was tried: what Meta's error asked for, and its code. */
export type Answered = { message: TextMessage; outcome: Outcome; treatment: Treatment | null; code: number | null; opened: boolean } // prettier-ignore

/** The house's own books on WhatsApp, as the channel needs them. */
export type Letters = {
  /** What leaves for each message, in order, by what is known at this moment; their places are taken. */
  write: (messages: readonly TextMessage[]) => Promise<Letter[]>
  /** Writes down what was answered. */
  note: (answered: readonly Answered[]) => Promise<void>
}

const dayMs = 24 * 3_600_000
/** A conversation is taken for closed a little early: a message may wait for its turn. */
const marginMs = 2 * 60_000
/** One message to the same person in so many milliseconds. */
const pairMs = 6_000
const laterMs = 15 * 60_000

/** The books in the database of this house. */
export function openLetters(deps: { db: Db; clock: Clock; whatsapp: Pick<WhatsAppAccount, 'account' | 'number'> }): Letters {
  const readersOf = async (messages: readonly TextMessage[]): Promise<Map<DeliveryId, Reader>> => {
    const ids = messages.map(({ deliveryId }) => deliveryId)
    const since = new Date(deps.clock().getTime() - dayMs)
    const readers = await selectReaders(deps.db, { ids, number: deps.whatsapp.number, since })
    return new Map(readers.map((reader) => [reader.deliveryId, reader]))
  }
  return {
    write: async (messages) => {
      const at = deps.clock()
      const readers = await readersOf(messages)
      const contents = [...new Set(messages.map(({ contentHash }) => contentHash))]
      const standing = await standingOf(deps.db, deps.whatsapp.account, contents)
      const american = await ofTheUnitedStates(messages)
      const letters = messages.map((message) => {
        const template = standing.get(message.contentHash)
        if (template?.kind !== 'fit') return notNow({ kind: 'retry', scope: 'message', why: template?.why ?? 'no template', afterMs: laterMs }) // prettier-ignore
        return letterFor(message, { reader: readers.get(message.deliveryId), template: template.template, american, at })
      })
      const places = messages.flatMap(({ deliveryId }, index) => {
        const [letter, reader] = [letters[index], readers.get(deliveryId)]
        if (letter?.kind !== 'send' || !reader) return []
        return [{ deliveryId, identifierId: reader.identifierId, opens: letter.otherwise === null }]
      })
      await takePlaces(deps.db, deps.whatsapp.number, places, at)
      return letters
    },
    note: (answered) => note(deps, answered, readersOf),
  }
} // prettier-ignore

const notNow = (outcome: Outcome): Letter => ({ kind: 'not-now', outcome })

type Known = { reader: Reader | undefined; template: TemplateRow; american: ReadonlySet<string>; at: Date }

function letterFor(message: TextMessage, { reader, template, american, at }: Known): Letter {
  if (!reader) return notNow({ kind: 'refused', why: 'its ledger row is gone', addressDead: false })
  const marketing = template.category === 'marketing'
  if (marketing && reader.restUntil !== null && reader.restUntil > at)
    return notNow({ kind: 'retry', scope: 'message', why: reader.restWhy ?? '', afterMs: reader.restUntil.getTime() - at.getTime() }) // prettier-ignore
  if (reader.lastAt !== null && at.getTime() - reader.lastAt.getTime() < pairMs)
    return notNow({ kind: 'retry', scope: 'message', why: 'this number had another message just now', afterMs: Math.max(pairMs, pairPauseMs(message.attempts)) }) // prettier-ignore
  if (isOpen(reader, at))
    return { kind: 'send', payload: textOf(message), otherwise: templatePayload(message, template) }
  // Meta takes no marketing templates to numbers of the United States (since April 2025).
  if (marketing && american.has(message.to))
    return notNow({ kind: 'undeliverable', why: 'WhatsApp takes no marketing to numbers of the United States' })
  const payload = templatePayload(message, template)
  return payload === null
    ? notNow({ kind: 'refused', why: 'a variable of the template would be empty: give its slot a fallback', addressDead: false }) // prettier-ignore
    : { kind: 'send', payload, otherwise: null }
}

/** Free text may be sent within 24 hours of what they last wrote, unless Meta said since that it may not. */
function isOpen({ wroteAt, closedAt }: Reader, at: Date): boolean {
  if (wroteAt === null || (closedAt !== null && closedAt >= wroteAt)) return false
  return at.getTime() - wroteAt.getTime() < dayMs - marginMs
}

/** The numbers of the United States among those with their prefix, which Canada and others share. One that cannot be read counts. */
async function ofTheUnitedStates(messages: readonly TextMessage[]): Promise<ReadonlySet<string>> {
  const numbers = messages.map(({ to }) => to).filter((to) => to.startsWith('+1'))
  if (numbers.length === 0) return new Set()
  // Large, and most houses never need it to send.
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/max')
  return new Set(numbers.filter((number) => (parsePhoneNumberFromString(number)?.country ?? 'US') === 'US'))
}

/** The copy as a message of an open conversation: the first button stands below it, as a page opens from it. */
function textOf({ headline, text, buttons }: TextMessage): Payload {
  const [button] = buttons
  const title = headline === null || headline === '' ? null : headline
  if (!button || text.length > 1_024)
    return { type: 'text', text: { body: [title === null ? '' : `*${title}*`, text, ...buttons.map(({ label, url }) => `${label}: ${url}`)].filter(Boolean).join('\n\n'), preview_url: false } } // prettier-ignore
  return {
    type: 'interactive',
    interactive: {
      type: 'cta_url',
      ...(title === null ? {} : { header: { type: 'text', text: title.slice(0, 60) } }),
      body: { text },
      action: { name: 'cta_url', parameters: { display_text: button.label.slice(0, 20), url: button.url } },
    },
  }
}

/** The template with this reader's values; null where one would be empty, which Meta refuses. */
function templatePayload({ parameters, buttons }: TextMessage, { name, language, fills }: TemplateRow): Payload | null {
  const valuesOf = (numbers: readonly number[]) => numbers.map((number) => ({ type: 'text', text: parameters[number - 1]?.trim() ?? '' })) // prettier-ignore
  const [header, body] = [valuesOf(fills?.header ?? []), valuesOf(fills?.body ?? [])]
  const codes = (fills?.buttons ?? []).map((place) => ({ place, parameter: { type: 'text', text: buttons[place]?.code ?? '' } })) // prettier-ignore
  if ([...header, ...body, ...codes.map(({ parameter }) => parameter)].some(({ text }) => text === '')) return null
  const components = [
    ...(header.length === 0 ? [] : [{ type: 'header', parameters: header }]),
    ...(body.length === 0 ? [] : [{ type: 'body', parameters: body }]),
    ...codes.map(({ place, parameter }) => ({ type: 'button', sub_type: 'url', index: String(place), parameters: [parameter] })), // prettier-ignore
  ]
  return { type: 'template', template: { name, language: { code: language }, ...(components.length === 0 ? {} : { components }) } } // prettier-ignore
}

async function note(
  { db, clock, whatsapp: { number } }: Parameters<typeof openLetters>[0],
  answered: readonly Answered[],
  readersOf: (messages: readonly TextMessage[]) => Promise<Map<DeliveryId, Reader>>,
): Promise<void> {
  const at = clock()
  const left = ({ outcome }: Answered): boolean => outcome.kind === 'sent' || outcome.kind === 'unclear'
  const stayed = answered.filter((one) => !left(one)).map(({ message }) => message.deliveryId)
  if (stayed.length > 0) await giveUpPlaces(db, stayed)
  const opened = answered.filter((one) => left(one) && one.opened)
  const telling = answered.filter(({ treatment }) => treatment === 'rest' || treatment === 'template')
  if (opened.length + telling.length > 0) {
    const readers = await readersOf([...opened, ...telling].map(({ message }) => message))
    const idOf = ({ message }: Answered): IdentifierId | undefined => readers.get(message.deliveryId)?.identifierId
    const places = opened.flatMap((one) => (idOf(one) ? [{ deliveryId: one.message.deliveryId, identifierId: idOf(one)!, opens: true }] : [])) // prettier-ignore
    if (places.length > 0) await takePlaces(db, number, places, at)
    await upsertReaders(db, telling.flatMap((one) => (idOf(one) ? [readerAfter(idOf(one)!, one, at)] : []))) // prettier-ignore
  }
  for (const { code, message } of answered) {
    const status = templateStatusBy(code ?? 0)
    if (status !== null) await updateStatusOf(db, message.contentHash, status)
  }
}

const readerAfter = (identifierId: IdentifierId, { treatment, outcome }: Answered, at: Date) =>
  treatment === 'rest'
    ? { identifierId, restUntil: new Date(at.getTime() + restMs), restWhy: 'why' in outcome ? outcome.why : '', closedAt: null } // prettier-ignore
    : { identifierId, restUntil: null, restWhy: null, closedAt: at }
