import type { ComposedBody, ComposedSentence } from '../../draft.ts'
import { figuresOf } from '../../guardrails/figures.ts'
import { phrases, type Intent } from './intents.ts'
import { blocksOf } from './letter.ts'
import { partsOf, type Part } from './parts.ts'
import { buttonOf, isTitle, listed, paragraph, pick, sourced, titleOf, type Blocks, type Material } from './pieces.ts'
import { linesOf, summaryOf, titleIn } from './titles.ts'

const titleLetters = 80
const summaryLetters = 160

/** A landing page: what it is in a line, sections that tell and offer, and one way on. */
export function pageOf(material: Material): ComposedBody {
  const subject = headlineOf(material)
  return { ...headOf(material, subject), blocks: [...sectionsOf(material, subject, partsOf(material)), ...buttonOf(material)] } // prettier-ignore
}

const isTold = ({ kind }: Part): boolean => kind === 'passage' || kind === 'question'

/** A blog post tells first: unless its idea is the offer, that comes at the end. */
export function articleOf(material: Material): ComposedBody {
  const parts = partsOf(material)
  const { idea } = material.request.brief
  const order = idea === 'offer-first' || idea === 'short' ? parts : [...parts.filter(isTold), ...parts.filter((part) => !isTold(part))] // prettier-ignore
  const subject = headlineOf(material)
  return { ...headOf(material, subject), blocks: [...sectionsOf(material, subject, order), ...buttonOf(material)] }
}

const headlineOf = (material: Material): ComposedSentence => {
  const lines = linesOf(phrases.headlines(material.intent), material)
  return titleIn(lines, titleLetters) ?? { text: material.request.business.name, cites: [] }
}

const headOf = (material: Material, subject: ComposedSentence): Pick<ComposedBody, 'subject' | 'preheader'> => ({
  subject,
  preheader: summaryOf(material, subject, { most: summaryLetters, courtesies: phrases.invitations }),
})

/** Each part under a heading of its own, but for what opens the page. */
function sectionsOf(material: Material, title: ComposedSentence, parts: readonly Part[]): Blocks {
  const used = new Set([title.text])
  // A title that asks leaves nothing to ask below it.
  const rest = parts.filter(({ kind }) => kind !== 'question' || !title.text.endsWith('?'))
  return rest.flatMap((part, at) => {
    const blocks = withoutLead(part, material, rest.slice(0, at))
    const heading = blocks.length === 0 ? undefined : headingOf(part, material)
    if (heading === undefined || used.has(heading) || at === 0) return blocks
    used.add(heading)
    return [{ kind: 'heading' as const, text: heading }, ...blocks]
  })
}

/** On a page the heading says what a list's lead would, and the question that a text answers. */
function withoutLead(part: Part, material: Material, before: readonly Part[]): Blocks {
  if (part.kind === 'passage' && part.passage.question !== null && before.length > 0) {
    return paragraph(sourced({ ...part.passage, question: null }))
  }
  if (part.kind !== 'offers' || material.offers.length < 2) return blocksOf(part, material, before)
  const items = listed(material.offers, before.flatMap((one) => (one.kind === 'passage' ? [one.passage] : []))) // prettier-ignore
  return items.length === 0 ? [] : [{ kind: 'list', items }]
}

const everybodys: ReadonlySet<Intent> = new Set(['event', 'subscribe', 'teach', 'launch'])

function headingOf(part: Part, material: Material): string | undefined {
  if (part.kind === 'passage') {
    const { question, sentences } = part.passage
    const text = question ?? titleOf(sentences[0]?.evidence)
    const isHeading = isTitle(text) && text.length <= titleLetters && figuresOf(text).length === 0
    return isHeading && material.mayStand(text) ? text : undefined
  }
  const [only] = material.offers
  if (part.kind !== 'offers' || !only) return undefined
  if (material.offers.length === 1) return only.name
  const leads = phrases.listLeads(everybodys.has(material.intent) ? material.intent : 'offer')
  return pick(leads, material)[0]?.replace(/:$/, '')
}
