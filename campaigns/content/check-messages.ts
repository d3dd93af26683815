import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { guardContextOf, type Brand } from '#rag/brand.ts'
import { textAt, textsOf, type DraftBody, type Evidence, type Finding } from '#rag/draft.ts'
import { currentEvidence, customersIn, runRules, subjectOf, type CurrentEvidence } from '#rag/guardrails/check.ts'
import { placesOf, type GuardContext } from '#rag/guardrails/rule.ts'
import { forms } from '#rag/forms.ts'
import { rules } from '#rag/guardrails/rule-set.ts'
import { asRead, inWords, untrueNow, type Untrue } from './citations.ts'
import { copiesOf, type CampaignDefinition, type Copy } from '../definition.ts'
import { slotsOfEntry } from '../entries/properties.ts'
import type { Members } from '../journeys/enrol.ts'
import { rehearseMessage, rehearseText } from '../render/preview.ts'
import { formOf, type TextVariant } from '../render/text.ts'
import { fieldsIn, filledText, type PersonFields } from '../render/slots.ts'
import { outlineOf, unsound } from '../render/sound.ts'
import { sampledReaders, type Reader } from './sampled-readers.ts'
import type { Variant } from '../render/variant.ts'
import { compileContents, isText, textOf, variantKey } from '../render/variants.ts'

export type CheckMessagesDeps = { db: Db; clock: Clock; brand: () => Promise<Brand> }

export type MessagesChecked = { kind: 'sound' } | { kind: 'unsound'; why: string; findings: Untrue[] }

/** What a campaign says, what may stand behind it, and whom it is for. */
export type ToCheck = {
  definition: CampaignDefinition
  /** What was offered to the author of the copy: the pages behind it. */
  offered: readonly Evidence[]
  audience: readonly PersonId[]
  /** What the citations stand for; asked of the database as it is now unless given. */
  current?: CurrentEvidence
}

/**
 * Runs the guards over a campaign's messages as readers would get them: every rule over the copy against the facts as
 * they are now, and for sampled, extreme and impossible readers the rules over the filled-in words and what makes a mail
 * lawful and safe over the rendered message. A reader who would be blocked by a value of theirs is nobody's trouble: the
 * same check stops their message alone when it is sent.
 */
export async function checkMessages(deps: CheckMessagesDeps, toCheck: ToCheck): Promise<MessagesChecked> {
  const { definition } = toCheck
  const bodies = copiesOf(definition).map(({ content }) => content)
  const readers = await sampledReaders(deps.db, toCheck.audience, fieldsIn(bodies.flatMap(textsOf)))
  const current = toCheck.current ?? (await evidenceNow(deps, definition, toCheck.offered))
  const ofHouse = guardContextOf(await deps.brand())
  const context = { ...ofHouse, slots: [...ofHouse.slots, ...slotsOfEntry(definition)] }
  const variants = await compileContents(deps.db, definition)
  const findings: Untrue[] = []
  for (const step of copiesOf(definition)) {
    const customers = await customersReadOf(deps.db, step.content, readers)
    const ofForm = isText(step) ? { ...context, form: forms[formOf[step.channel]] } : context
    const variant = isText(step) ? null : (variants.get(variantKey(step.key, step.arm)) ?? null)
    const text = isText(step) ? textOf(definition, variantKey(step.key, step.arm), step.channel) : null
    const copy = { step, current, context: ofForm, customers, variant, text, sender: definition.sender }
    findings.push(...inCopy(copy), ...forReaders(copy, readers))
  }
  return findings.length === 0 ? { kind: 'sound' } : { kind: 'unsound', why: inWords(findings), findings }
}

/** The same before a campaign goes live, over all whom its segment selects now; what became untrue is told first. */
export async function checkLaunch(
  { db, clock, agent, members }: { db: Db; clock: Clock; agent: Pick<CheckMessagesDeps, 'brand'>; members: Members },
  definition: CampaignDefinition,
  offered: readonly Evidence[],
): Promise<MessagesChecked> {
  const untrue = await untrueNow(db, definition, clock())
  if (untrue.length > 0) return { kind: 'unsound', why: inWords(untrue), findings: untrue }
  const audience = await members(definition.audience.rule, clock())
  return checkMessages({ db, clock, brand: agent.brand }, { definition, offered, audience })
}

/** What all citations of a campaign stand for at the clock's time. */
export const evidenceNow = (
  deps: { db: Queryable; clock: Clock },
  definition: CampaignDefinition,
  offered: readonly Evidence[],
): Promise<CurrentEvidence> =>
  currentEvidence(deps, copiesOf(definition).flatMap(({ content }) => citationsOf(content)), offered) // prettier-ignore

const citationsOf = (body: DraftBody) => placesOf(body).flatMap(({ citations }) => citations ?? [])

/** Names of customers in the copy as any of the readers gets it: one query for all. */
async function customersReadOf(db: Queryable, body: DraftBody, readers: readonly Reader[]): Promise<string[]> {
  const texts = textsOf(body)
  const filled = readers.flatMap(({ person }) => texts.map((text) => filledText(text, person) ?? ''))
  return customersIn(db, [...new Set([...texts, ...filled])])
}

type Checked = {
  step: Copy
  current: CurrentEvidence
  context: GuardContext
  customers: readonly string[]
  /** The mail it is compiled into; null of a text, in which a value can become no markup and no header. */
  variant: Variant | null
  text: TextVariant | null
  sender: CampaignDefinition['sender']
}

function inCopy({ step, current, context, customers }: Checked): Untrue[] {
  const blocks = blocksOf(runRules(subjectOf(step.content, current, context, customers)))
  return blocks.map(({ where, why, fix, rule, version }) =>
    finding(step, where, `may not be sent: ${why}. ${fix}`, { rule, version }),
  )
}

const blocksOf = (findings: readonly Finding[]): Finding[] => findings.filter(({ verdict }) => verdict === 'block')

/** These judge what a sentence states, which no reader's value is part of. */
const ofStatements = new Set(['figures-match', 'cited', 'supported', 'hidden-text', 'language', 'required', 'length'])
const ofValues = rules.filter(({ name }) => !ofStatements.has(name))

/** What is the matter once the values of readers stand in the copy: each kind of trouble once, by the first who has it. */
function forReaders(copy: Checked, readers: readonly Reader[]): Untrue[] {
  const already = new Set(blocksOf(runRules(copySubject(copy, copy.step.content), ofValues)).map(placeOf))
  const outline = outlineFor(copy, readers)
  const found = new Map<string, Untrue>()
  for (const reader of readers) {
    for (const one of forReader(copy, reader, outline)) {
      if (!already.has(one.place) && !found.has(one.place)) found.set(one.place, one.finding)
    }
  }
  return [...found.values()]
}

const copySubject = ({ current, context, customers }: Checked, body: DraftBody, person: PersonFields = {}) =>
  subjectOf(body, current, context, notTheirOwn(customers, person))

const placeOf = ({ rule, where }: Pick<Finding, 'rule' | 'where'>): string => `${rule} ${where}`

/** The elements of the message for the first reader who can have one. */
function outlineFor({ variant, sender }: Checked, readers: readonly Reader[]): string {
  if (!variant) return ''
  const ready = [...readers, { person: {} }].map(({ person }) => rehearseMessage(variant, sender, person))
  const first = ready.find((one) => one.kind === 'ready')
  return first ? outlineOf(first.message.html) : ''
}

function forReader(copy: Checked, { who, person }: Reader, outline: string): { place: string; finding: Untrue }[] {
  const { step, variant, text, sender } = copy
  const rendered = variant && rehearseMessage(variant, sender, person)
  const isBlocked = (rendered ?? (text && rehearseText(text, person)))?.kind === 'blocked'
  if (isBlocked || rendered?.kind === 'blocked') return []
  const ofMessage = (rendered ? unsound(rendered.message, sender, outline) : []).map(({ what, fix }) => ({
    place: `message ${what}`,
    finding: finding(step, 'subject', `may not be sent to ${who}: ${what}. ${fix}`, { what }),
  }))
  const blocks = blocksOf(runRules(copySubject(copy, filledBody(step.content, person), person), ofValues))
  const ofWords = blocks.map((block) => ({ place: placeOf(block), finding: ofReader(step, who, block) }))
  return [...ofMessage, ...ofWords]
}

/** The rule's own words, not those of the finding, which may repeat what the reader is called. */
function ofReader(step: Copy, who: string, { rule, version, where }: Finding): Untrue {
  const demands = rules.find(({ name }) => name === rule)?.what ?? rule
  const fix = 'Mend their record, leave them out of the segment, or take the slot out'
  return finding(step, where, `may not be sent to ${who}: ${demands}. ${fix}`, { rule, version, who })
}

function finding(step: Copy, where: string, why: string, about: Record<string, unknown>): Untrue {
  const said = asRead(textAt(step.content, where) ?? step.content.subject.text)
  const key = hashOf({ ...about, contentHash: step.contentHash, where, why })
  return { key, stepKey: step.key, where, said, why, now: null, since: null }
}

/** A content as one person reads it; a text that cannot be filled for them stays as it is. */
function filledBody(body: DraftBody, person: PersonFields): DraftBody {
  const filled = <T extends { text: string }>(sentence: T): T => ({ ...sentence, text: filledText(sentence.text, person) ?? sentence.text }) // prettier-ignore
  return {
    subject: filled(body.subject),
    preheader: filled(body.preheader),
    slots: [],
    blocks: body.blocks.map((block) => {
      if (block.kind === 'paragraph') return { ...block, sentences: block.sentences.map(filled) }
      if (block.kind === 'list') return { ...block, items: block.items.map(filled) }
      if (block.kind === 'button') return { ...block, label: filledText(block.label, person) ?? block.label }
      return filled(block)
    }),
  }
}

/** A reader's own name in their own message is nobody else's. */
function notTheirOwn(customers: readonly string[], person: PersonFields): string[] {
  const own = `${person['given_name'] ?? ''} ${person['family_name'] ?? ''}`.toLowerCase()
  return customers.filter((name) => name.toLowerCase() !== own)
}
