import { html } from 'hono/html'
import type { Block, Citation, Evidence, Finding, Sentence } from '#rag/draft.ts'
import type { Draft } from '#rag/drafts.ts'
import { forms } from '#rag/forms.ts'
import { headlineLabel, summaryLabel } from './draft-edit.ts'
import type { Html } from './layout.ts'
import { cut } from './words.ts'

const quoted = 200

/** Every sentence of a draft in reading order, each with what it rests on and what the guardrails say of it. */
export function sentencesView(draft: Draft): Html {
  const { body, findings } = draft
  if (!body) return html``
  const { channel } = draft.brief
  const passages = passagesOf(draft.evidence)
  const show = (sentence: Sentence, where: string, label: string): Html => {
    const mine = findings.filter((finding) => finding.where === where && finding.verdict !== 'pass')
    return sentenceView({ sentence, label, passages, findings: mine })
  }
  return html`<ol class="plain card sentences">
    ${show(body.subject, 'subject', headlineLabel(channel))}
    ${forms[channel].summary === null ? '' : show(body.preheader, 'preheader', summaryLabel(channel))}
    ${body.blocks.map((block, index) => blockView(block, `blocks.${index}`, show))}
  </ol>`
}

type Show = (sentence: Sentence, where: string, label: string) => Html

function blockView(block: Block, where: string, show: Show): Html {
  if (block.kind === 'paragraph')
    return html`${block.sentences.map((sentence, index) => show(sentence, `${where}.sentences.${index}`, ''))}`
  if (block.kind === 'list')
    return html`${block.items.map((item, index) => show(item, `${where}.items.${index}`, 'In the list'))}`
  return html`<li class="sentence" tabindex="-1" data-sentence>
    <span class="label">${block.kind === 'button' ? 'Button' : 'Heading'}</span>
    <p>${block.kind === 'button' ? block.label : withSlots(block.text)}</p>
    ${block.kind === 'button' ? html`<p class="proof">Leads to <span class="mono">${block.url}</span></p>` : ''}
  </li>`
}

/** What citations lead to. A passage is quoted where it is first cited; after that its name says enough. */
type Passages = { of: (citation: Citation) => Evidence | undefined; isFirst: (citation: Citation) => boolean }

function passagesOf(evidence: readonly Evidence[]): Passages {
  const known = new Map(evidence.map((item) => [keyOf(item.citation), item]))
  const quotedAlready = new Set<string>()
  return {
    of: (citation) => known.get(keyOf(citation)),
    isFirst: (citation) => {
      const before = quotedAlready.size
      return quotedAlready.add(keyOf(citation)).size > before
    },
  }
}

type Given = {
  sentence: Sentence
  label: string
  passages: Passages
  findings: readonly Finding[]
}

function sentenceView({ sentence, label, passages, findings }: Given): Html {
  return html`<li class="sentence ${toneOf(sentence, findings)}" tabindex="-1" data-sentence>
    ${label ? html`<span class="label">${label}</span>` : ''}
    <p>${withSlots(sentence.text)}</p>
    ${findings.map(({ why, fix }) => html`<p class="objection"><strong>${why}</strong> ${fix}</p>`)}
    ${sentence.citations.map((citation) => proof(citation, passages))}
  </li>`
}

function toneOf(sentence: Sentence, findings: readonly Finding[]): string {
  if (findings.some(({ verdict }) => verdict === 'block')) return 'bad'
  if (findings.length > 0) return 'warn'
  return sentence.citations.length > 0 ? 'cited' : ''
}

function proof(citation: Citation, passages: Passages): Html {
  const evidence = passages.of(citation)
  const words = evidence?.text ?? (citation.kind === 'span' ? citation.quote : '')
  const name = titleOf(evidence) ?? (citation.kind === 'fact' ? 'a fact' : 'a text')
  return html`<p class="proof">
    <a href="${evidencePath(citation)}">${name}</a>
    ${words === '' || !passages.isFirst(citation) ? '' : html`<q>${cut(unmarked(words), quoted)}</q>`}
  </p>`
}

/** `Delivery: Delivery › Parcels` names its text twice: once is enough. */
function titleOf(evidence: Evidence | undefined): string | null {
  const [title = '', ...rest] = evidence?.title?.split(': ') ?? []
  if (title === '') return null
  const heading = rest
    .join(': ')
    .replace(title, '')
    .replace(/^ › /, '')
  return heading === '' ? title : `${title}, ${heading}`
}

/** Text as it reads: the signs of Markdown are for writers. */
const unmarked = (words: string): string =>
  words
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[*_]{1,2}(\S[^*_]*)[*_]{1,2}/g, '$1')
    .replaceAll(/\s+/g, ' ')

/** A text with its slots as words: `{{ person.given_name | default: "there" }}` reads “given name, or there”. */
function withSlots(text: string): Html {
  const parts = text.split(/(\{\{[^}]*\}\})/)
  return html`${parts.map((part) => (part.startsWith('{{') ? slotView(part) : part))}`
}

function slotView(slot: string): Html {
  const [, field, otherwise] = /^\{\{\s*person\.(\w+)(?:\s*\|\s*default:\s*["']([^"']*)["'])?\s*\}\}$/.exec(slot) ?? []
  if (field === undefined) return html`${slot}`
  return html`<span class="slot">${field.replaceAll('_', ' ')}${otherwise ? html`, or “${otherwise}”` : ''}</span>`
}

const keyOf = (citation: Citation): string =>
  citation.kind === 'fact' ? citation.factId : `${citation.documentId} ${citation.startByte} ${citation.endByte}`

/** Where a citation opens. */
const evidencePath = (citation: Citation): string =>
  citation.kind === 'fact'
    ? `/evidence/facts/${citation.factId}`
    : `/evidence/documents/${citation.documentId}?from=${citation.startByte}&to=${citation.endByte}#span`
