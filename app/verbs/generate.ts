import { listSegments, segmentByName } from '#graph/segments/registry.ts'
import { switchedOff } from '#governance/agents/switch.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import type { DraftId } from '#kernel/ids.ts'
import { createDrafts } from '#rag/agent/draft-set.ts'
import { runDraft } from '#rag/agent/run.ts'
import { draftById, listDrafts, type Draft } from '#rag/drafts.ts'
import { textsOf, type DraftBody } from '#rag/draft.ts'
import { sizeOf } from '#rag/form-size.ts'
import { formText } from '#rag/form-text.ts'
import { formNames, forms } from '#rag/forms.ts'
import { ideaNames } from '#rag/ideas.ts'
import { publishedText } from '#rag/whatsapp-shape.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

export const generate: Verb = {
  name: 'generate',
  about: 'Have the agent write cited drafts for a segment, in any form; they then wait at the desk',
  usage: [
    'generate --segment NAME --goal SENTENCE [--channel FORMS] [--idea IDEAS] [--json]',
    'generate --list [--json]',
  ],
  options: {
    segment: { type: 'string' },
    goal: { type: 'string' },
    channel: { type: 'string' },
    idea: { type: 'string' },
    list: { type: 'boolean' },
  },
  explains: {
    segment: 'for whom: the name of a saved segment, as `millrace segments` lists them',
    goal: 'in one sentence, what it should achieve',
    channel: `what to write, with commas between: ${formNames.join(', ')}; an e-mail unless told`,
    idea: `what to lead with, one draft for each, with commas between: ${ideaNames.join(', ')}`,
    list: 'the drafts there are, with form and idea',
  },
  run: async (call) => {
    if (call.flag('list')) return withHouse(call.config, (house) => list(call, house))
    const channels = namesIn(call.text('channel') ?? 'email', formNames, 'form')
    const ideas = namesIn(call.text('idea') ?? '', ideaNames, 'idea')
    return withHouse(call.config, async (house) => {
      const segment = await segmentByName(house.db, call.text('segment') ?? '')
      const sentence = call.text('goal')?.trim()
      if (!segment || !sentence || sentence.length > 500) throw new UsageError(await howToAsk(house))
      const off = await switchedOff(house.db, 'copywriter')
      if (off) throw new RefusedError(off.why)
      const brief = { goal: 'orders', sentence, by: 'millrace' }
      const made = await createDrafts(house, { brief, segments: [segment], channels, ideas })
      if (made.kind === 'refused') throw new UsageError(made.why)
      const drafts = await written(call, house, made.drafts)
      answer(call, drafts.length === 1 ? drafts[0] : drafts, drafts.flatMap(told))
      return drafts.some(({ state }) => state === 'failed') ? exit.fault : exit.done
    })
  },
}

/** Writes drafts one after the other; one that fails does not stop the others. */
async function written(call: Call, { agent, db }: House, ids: readonly DraftId[]): Promise<Draft[]> {
  const drafts: Draft[] = []
  for (const id of ids) {
    await runDraft(agent, id)
    const draft = await draftById(db, id)
    if (!draft) throw new Error(`Draft ${id} is gone`)
    drafts.push(draft)
    if (ids.length > 1) call.say(`${drafts.length} of ${ids.length}: ${kindOf(draft)}`)
  }
  return drafts
}

/** The names of a list with commas; one that is none of them is told with those there are. */
function namesIn<Name extends string>(text: string, names: readonly Name[], what: string): Name[] {
  const given = text.split(',').map((name) => name.trim()).filter((name) => name !== '')
  return given.map((name) => {
    const known = names.find((one) => one === name)
    if (known !== undefined) return known
    throw new UsageError(`There is no ${what} "${name}": ${names.join(', ')}`)
  })
} // prettier-ignore

const told = (draft: Draft): string[] => [
  line(draft),
  ...(draft.body ? publicTexts(draft, draft.body).map((text) => `  ${text}`) : []),
  ...draft.findings.filter(({ verdict }) => verdict !== 'pass').map(({ verdict, why }) => `  ${verdict}: ${why}`),
]

/** What its readers get, a WhatsApp template with its slots numbered, and its length as its platform counts it. */
function publicTexts({ brief: { channel } }: Draft, body: DraftBody): string[] {
  if (channel === 'email') return textsOf(body)
  const { headline, summary, text, parameters } = publishedText(body, channel)
  const samples = parameters.map(({ number, sample }) => `{{${number}}}: such as “${sample}”`)
  const size = `(${sizeOf(formText(body, forms[channel]).text, forms[channel]).words})`
  return [headline, summary, ...text.split('\n'), ...samples, size].flatMap((one) => one || [])
}

async function howToAsk({ db }: House): Promise<string> {
  const names = (await listSegments(db)).map(({ name }) => `"${name}"`).join(', ')
  return `Say for whom and what for: millrace generate --segment NAME --goal SENTENCE. Segments: ${names}`
}

async function list(call: Call, house: House): Promise<number> {
  const drafts = await listDrafts(house.db, { limit: 100 })
  answer(call, drafts, drafts.map(line))
  return exit.done
}

const kindOf = ({ brief: { channel, idea } }: Draft): string => (idea === undefined ? channel : `${channel}, ${idea}`)

const line = (draft: Draft): string =>
  `${draft.id} version ${draft.contentHash?.slice(0, 12) ?? 'none'} ${kindOf(draft)} ${draft.state}${draft.state === 'waiting' && !draft.approvable ? ', a guardrail objects' : ''}: ${draft.problem ?? draft.body?.subject.text ?? ''}`
