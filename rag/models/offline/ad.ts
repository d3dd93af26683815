import type { ComposedBody, ComposedSentence } from '../../draft.ts'
import { forms } from '../../forms.ts'
import { figuresOf } from '../../guardrails/figures.ts'
import { phrases } from './intents.ts'
import type { Offer } from './offers.ts'
import { partsOf, type Part } from './parts.ts'
import { buttonOf, citesOf, courtesy, datesOfOffer, ended, pick, sourced, type Material } from './pieces.ts'
import { overlap } from './relevance.ts'
import { filled } from './titles.ts'

const { headline: headlineLetters, most: descriptionLetters, link } = forms.ad

/**
 * A search ad: a headline, and two descriptions, the first of them as its summary. Null where no headline that is short
 * enough leaves anything to say below it.
 */
export function adOf(material: Material): ComposedBody | null {
  for (const subject of headlinesOf(material)) {
    const [preheader, second] = descriptionsOf(material, subject)
    if (preheader && second) {
      const paragraph = { kind: 'paragraph' as const, sentences: [second] }
      return { subject, preheader, blocks: [paragraph, ...buttonOf(material, link.label)] }
    }
  }
  return null
}

/** What is offered, as much of it as a headline holds; last of all whose ad it is. */
function headlinesOf(material: Material): ComposedSentence[] {
  const { idea } = material.request.brief
  const ideas = idea === undefined ? [] : phrases.titles(idea)
  const bank = [...ideas, '€', '$, from @', '$', '#', 'Have a look', '@']
  const lines = bank.flatMap((text) => filled(text, material) ?? [])
  return lines.filter(({ text }) => text.length <= headlineLetters && material.mayStand(text))
}

/**
 * The two best sentences that are short enough and do not say the headline again: of what is offered, then of the texts,
 * unless the idea has these first. The second may be an invitation, the first says something.
 */
function descriptionsOf(material: Material, headline: ComposedSentence): ComposedSentence[] {
  const sold = [...material.offers.flatMap(linesOfOffer), ...datesOfOffer(material.dates).slice(0, 1)]
  const told = openings(partsOf(material))
  const { idea } = material.request.brief
  const isToldFirst = idea === 'story-first' || idea === 'how-to' || idea === 'question'
  const said = figuresOf(headline.text).flatMap(({ kind, text }) => (kind === 'money' ? [text] : []))
  const fit = (isToldFirst ? [...told, ...sold] : [...sold, ...told]).filter(
    ({ text }) => text.length <= descriptionLetters && text !== headline.text && !said.some((figure) => text.includes(figure)),
  )
  const [first] = fit
  if (!first || !fit.some(({ cites }) => cites.length > 0)) return []
  const news = fit.find(({ text }) => overlap(text, first.text) < 0.5)
  return [first, ...(news ? [news] : []), ...pick(phrases.invitations, material).map(courtesy)].slice(0, 2)
} // prettier-ignore

function linesOfOffer(offer: Offer): ComposedSentence[] {
  const { statement, short, like } = offer
  const priced = { text: ended(statement), cites: citesOf(offer) }
  if (like === null) return [priced]
  return [{ text: `${short} ${like.text}`, cites: [...citesOf(offer), like.id] }, priced, { text: like.text, cites: [like.id] }] // prettier-ignore
}

/** The question that leads, and how the first text opens. */
function openings(parts: readonly Part[]): ComposedSentence[] {
  const first = parts.find((part) => part.kind === 'passage')
  const text = first && first.passage.question === null ? sourced(first.passage).slice(0, 1) : []
  return [...parts.flatMap((part) => (part.kind === 'question' ? [part.sentence] : [])), ...text]
}
