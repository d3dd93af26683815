import { setImmediate } from 'node:timers/promises'
import { isAboutVoice } from '#ingest/content/policy-facts.ts'
import { blocksOf, byteOffsets, plainText, sentencesOf, type Block } from '#ingest/content/markdown.ts'
import { hiddenSigns, hiddenWords } from '../guardrails/injection/readings.ts'
import { taint } from '../guardrails/injection.ts'
import { makesClaim } from '../guardrails/prohibited.ts'
import { makesRegulatedClaim } from '../guardrails/regulated.ts'
import type { OwnText } from '../queries/brand-sources.ts'
import type { Place } from './profile.ts'

/** Words of a text that a reader sees and that speak to no model, and where they stand. */
export type Sentence = Place & { title: string; text: string; kind: Block['kind']; isAboutVoice: boolean }

export type Read = { sentences: Sentence[]; texts: number; passedOver: number }

/**
 * The sentences of the business's texts, each block by itself: a block that hides words, or speaks to a model, is
 * passed over whole. What is left is still only measured and quoted: it is nobody's instruction. Looking takes milliseconds
 * a text, so after each one whoever else waits in this process has their turn.
 */
export async function readOwn(texts: readonly OwnText[]): Promise<Read> {
  const read: Read = { sentences: [], texts: texts.length, passedOver: 0 }
  for (const text of texts) {
    const { sentences, passedOver } = readText(text)
    read.sentences.push(...sentences)
    read.passedOver += passedOver
    await setImmediate()
  }
  return read
}

function readText({ id, uri, title: name, body }: OwnText): Pick<Read, 'sentences' | 'passedOver'> {
  const blocks = blocksOf(body)
  const clean = blocks.filter((block) => isClean(body, block))
  const at = byteOffsets(body)
  const title = taint(name) === null ? name : uri
  const sentences = clean.flatMap((block) =>
    block.kind === 'code' ? [] : sentencesOf(body, block).map((span): Sentence => ({
      documentId: id, startByte: at(span.start), endByte: at(span.end), title, kind: block.kind,
      text: plainText(span.text.replaceAll(/\s+/g, ' ')), isAboutVoice: isAboutVoice(uri),
    })),
  ) // prettier-ignore
  return { sentences, passedOver: blocks.length - clean.length }
}

const isClean = (body: string, block: Block): boolean => {
  const words = body.slice(block.start, block.end)
  return isCleanText(words) && block.headings.every((heading) => taint(heading) === null)
}

/** Whether a reader sees all of it, and none of it speaks to a model. */
export const isCleanText = (text: string): boolean =>
  text.search(hiddenSigns) < 0 && hiddenWords(text).length === 0 && taint(text) === null

/** Running text in the business's own hand, each sentence once: what its manner is measured by. */
export function proseOf(sentences: readonly Sentence[]): Sentence[] {
  const prose = sentences.filter(
    ({ kind, text, isAboutVoice: told }) =>
      kind === 'paragraph' && !told && /^["“„¿¡(]?\p{Lu}.*[.!?…]["”’)]?$/u.test(text),
  )
  return [...new Map(prose.map((sentence) => [sentence.text, sentence])).values()]
}

/** Talk about writing, or of what must be. */
const aboutWriting =
  /\b(?:voice|tone|style|writ(?:e|es|ing|er|ten)|cop(?:y|ies|ywrit\w*)|words?|wording|sentences?|letters?|e-?mails?|newsletters?|messages?|instructions?|instruct\w*|rules?|guidelines?|prompts?|models?|assistants?|ai|bot|brand|say|says|ignore|always|never|must|claims?|schrijf\w*|regels?|toon|schreib\w*|regeln?|anweisung\w*|instructies|écri\w*|règles?)\b/iu

/**
 * Whether a sentence is of the kind that may be imitated, and its words taken for the business's: whoever wants to steer
 * an author would write of writing or of rules, or make claims that nobody may make.
 */
export const isOrdinary = (text: string): boolean =>
  !aboutWriting.test(text) && !makesClaim(text) && !makesRegulatedClaim(text)
