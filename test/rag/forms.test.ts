import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draftOf, textsOf, type DraftBody, type DraftRequest, type Evidence, type Finding } from '#rag/draft.ts'
import { formText } from '#rag/form-text.ts'
import { formNames, forms, type Form, type FormName } from '#rag/forms.ts'
import { givenEvidence, runRules, subjectOf } from '#rag/guardrails/check.ts'
import { ideaNames, type IdeaName } from '#rag/ideas.ts'
import { compose } from '#rag/models/offline/compose.ts'
import { draftPrompt, firstPrompt } from '#rag/prompts/draft.ts'
import { numbered, publishedText, templateName } from '#rag/whatsapp-shape.ts'
import { asking, bakery, bicycles, chunk, fact } from './offline-samples.ts'

const goals = [
  'Win back riders who have not come for a year before winter',
  'Invite customers to the repair evening',
  'Sell winter tyres to people who ride to work',
  'Explain how to look after a chain',
  'Thank our customers',
]

function request(channel: FormName, idea?: IdeaName, more: Parameters<typeof asking>[0] = { goal: goals[2]! }) {
  const asked = asking(more)
  return { ...asked, brief: { ...asked.brief, channel, ...(idea && { idea }) } } satisfies DraftRequest
}

/** The body that is composed; null where nothing fits the form. */
function written(asked: DraftRequest): DraftBody | null {
  const composed = compose(asked)
  return composed.kind === 'composed' ? draftOf(composed.body, asked.evidence, forms[asked.brief.channel]) : null
}

function findingsOf(body: DraftBody, asked: DraftRequest): Finding[] {
  const { channel, segment } = asked.brief
  const context = {
    business: { name: asked.business.name, site: asked.business.site ?? '' },
    brand: asked.brand,
    allowed: { urls: asked.links.map(({ url }) => url), emails: [], phones: [] },
    slots: ['person.given_name'],
    form: forms[channel],
    ...(channel === 'whatsapp-template' && {
      template: { name: templateName(segment.name), category: 'marketing' as const },
    }),
  }
  return runRules(subjectOf(body, givenEvidence(asked.evidence), context, []))
}

const blocked = (body: DraftBody, asked: DraftRequest): string[] =>
  findingsOf(body, asked).filter(({ verdict }) => verdict === 'block').map(({ rule, where, why }) => `${rule} ${where}: ${why}`) // prettier-ignore

/** A body of one sentence, as a form has it. */
function saying(channel: FormName, text: string, more: Partial<DraftBody> = {}): DraftBody {
  const empty = { text: '', citations: [] }
  const preheader = forms[channel].summary === null ? empty : { text: 'Have a look.', citations: [] }
  const blocks: DraftBody['blocks'] = [{ kind: 'paragraph', sentences: [{ text, citations: [] }] }]
  const body = { subject: { text: 'Have a look', citations: [] }, preheader, blocks, slots: [], ...more }
  return {
    ...body,
    slots: [
      ...textsOf(body)
        .join('\n')
        .matchAll(/\{\{\s*(.+?)\s*\}\}/g),
    ].map((match) => match[1]!),
  }
}
const rulesAgainst = (channel: FormName, body: DraftBody, verdict: Finding['verdict'] = 'block'): string[] =>
  findingsOf(body, request(channel)).filter((one) => one.verdict === verdict).map(({ rule }) => rule) // prettier-ignore

describe('a form', () => {
  it('has a button exactly where it has a link', () => {
    for (const form of Object.values<Form>(forms)) expect(form.blocks.includes('button')).toBe(form.link !== null)
  })

  it.each(['x', 'sms', 'whatsapp-template', 'telegram', 'linkedin', 'instagram', 'ad'] as const)(
    'that is refused when it is too long is blocked: %s',
    (channel) => {
      const { most } = forms[channel]
      const fits = 'ab '.repeat(most).slice(0, most - 3).trim() // prettier-ignore
      expect(rulesAgainst(channel, saying(channel, fits))).not.toContain('length')
      expect(rulesAgainst(channel, saying(channel, `${fits}abcdefgh`))).toContain('length')
    },
  )

  it('that is only cut is warned of', () => {
    const long = saying('facebook', 'ab '.repeat(800).trim())
    expect(rulesAgainst('facebook', long)).not.toContain('length')
    expect(rulesAgainst('facebook', long, 'warn')).toContain('length')
  })

  it('holds an ad to 30 and 90 characters', () => {
    const subject = { text: 'Have a look at these winter tyres', citations: [] }
    const preheader = { text: 'Have a look. '.repeat(8).trim(), citations: [] }
    expect(rulesAgainst('ad', saying('ad', 'Have a look.'))).toEqual([])
    expect(rulesAgainst('ad', saying('ad', 'Have a look.', { subject }))).toContain('length')
    expect(rulesAgainst('ad', saying('ad', 'Have a look.', { preheader }))).toContain('length')
  })

  it('that everybody reads names nobody, and has the parts it has', () => {
    const hello = 'Hello {{ person.given_name | default: "there" }}, have a look.'
    expect(rulesAgainst('facebook', saying('facebook', hello))).toContain('form')
    expect(rulesAgainst('telegram', saying('telegram', hello))).not.toContain('form')
    const button = { kind: 'button' as const, label: 'Have a look', url: 'https://spoke.example' }
    const heading = { kind: 'heading' as const, text: 'Have a look' }
    const { blocks } = saying('x', 'Have a look.')
    expect(rulesAgainst('instagram', saying('instagram', '', { blocks: [...blocks, button] }))).toContain('form')
    expect(rulesAgainst('x', saying('x', '', { blocks: [heading, ...blocks] }))).toContain('form')
    expect(rulesAgainst('x', saying('x', '', { blocks: [...blocks, button, button] }))).toContain('form')
    expect(rulesAgainst('landing-page', saying('landing-page', '', { blocks: [heading, ...blocks, button, button] }))).toEqual([]) // prettier-ignore
  })

  it('without a headline does not publish its subject, so nothing is asked of it', () => {
    const subject = { text: 'TYRES!!! COST €1!!!', citations: [] }
    expect(rulesAgainst('x', saying('x', 'Have a look.', { subject }))).toEqual([])
    expect(rulesAgainst('email', saying('email', 'Have a look.', { subject }))).not.toEqual([])
    expect(formText(saying('x', 'Have a look.', { subject }), forms.x).headline).toBeNull()
  })

  it('without a summary keeps none that a model wrote', () => {
    const said = { text: 'Have a look.', cites: [] }
    const composed = { subject: said, preheader: said, blocks: [{ kind: 'paragraph' as const, sentences: [said] }] }
    expect(draftOf(composed, [], forms.x).preheader).toEqual({ text: '', citations: [] })
    expect(draftOf(composed, []).preheader.text).toBe('Have a look.')
  })
})

describe('a WhatsApp template', () => {
  it('is numbered through the whole piece, headline first, however a slot is spaced', () => {
    const sentence = (text: string) => ({ text, citations: [] })
    const piece = publishedText(
      {
        subject: sentence('For {{ person.city | default: "home" }}'),
        blocks: [{ kind: 'paragraph', sentences: [sentence('Hi {{person.given_name | default: "you"}} of {{person.city | default: "home"}}!')] }],
      },
      'whatsapp-template',
    ) // prettier-ignore
    expect(piece).toMatchObject({ headline: 'For {{1}}', text: 'Hi {{2}} of {{1}}!' })
    expect(piece.parameters.map(({ number, sample }) => [number, sample])).toEqual([[1, 'home'], [2, 'you']]) // prettier-ignore
  })

  it('has its slots numbered, the same the same, with a sample of each', () => {
    const given = numbered('Hello {{ person.given_name | default: "there" }}, {{person.city | default: "home"}} and {{ person.given_name | default: "there" }}.') // prettier-ignore
    expect(given.text).toBe('Hello {{1}}, {{2}} and {{1}}.')
    expect(given.parameters.map(({ sample }) => sample)).toEqual(['there', 'home'])
    expect(templateName('Gone quiet – für immer!')).toBe('gone_quiet_fur_immer')
  })

  it('is blocked where a slot stands at its end', () => {
    const body = saying('whatsapp-template', 'Have a look at these, {{ person.given_name | default: "friend" }}')
    expect(rulesAgainst('whatsapp-template', body)).toContain('whatsapp-template')
  })
})

describe('the offline composer, in every form', () => {
  it.each(formNames)('writes a %s that is within its limits and passes the guardrails, the same each time', (channel) => {
    for (const goal of goals) {
      for (const idea of [undefined, ...ideaNames]) {
        const asked = request(channel, idea, { goal })
        const body = written(asked)
        if (body === null) continue
        expect(blocked(body, asked), `${goal}, ${idea}`).toEqual([])
        expect(written(asked)).toEqual(body)
      }
    }
    expect(written(request(channel)), `${channel} says nothing of the tyres`).not.toBeNull()
  }) // prettier-ignore

  it('keeps to the limits whatever the evidence is', () => {
    const words = fc.array(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }), { minLength: 3, maxLength: 60 })
    const name = fc.array(fc.constantFrom('Winter', 'Tyre', 'Überlang', '28', 'of', 'the', 'Extraordinarily'), { minLength: 1, maxLength: 9 })
    const evidence = fc.tuple(name, words, fc.integer({ min: 1, max: 99_999 })).map(([title, said, cents]): Evidence[] => {
      const thing = title.join(' ')
      return [
        fact('F1', `${thing} costs €${(cents / 100).toFixed(2)}.`, { subject: 'product:A', predicate: 'price', title: thing, url: 'https://spoke.example/a' }),
        chunk('C1', thing, `${thing} are what riders ask for. ${said.join(' ').replace(/\s+/g, ' ')}. ${'You ride on them in winter, and they last. '.repeat(said.length)}`),
      ]
    })
    fc.assert(
      fc.property(fc.constantFrom(...formNames), fc.option(fc.constantFrom(...ideaNames), { nil: undefined }), evidence, (channel, idea, known) => {
        const asked = request(channel, idea, { goal: 'Sell winter tyres', evidence: known })
        const body = written(asked)
        if (body === null) return
        expect(blocked(body, asked).filter((why) => /^(?:length|form|whatsapp-template|markup)/.test(why))).toEqual([])
      }),
      { numRuns: 60 },
    )
  }) // prettier-ignore

  it('writes ads and posts of next to nothing, and says so where not even that fits', () => {
    for (const channel of formNames) {
      const asked = request(channel, undefined, { goal: 'Sell bread', evidence: bakery })
      const body = written(asked)
      expect(body, channel).not.toBeNull()
      expect(blocked(body!, asked)).toEqual([])
    }
    const long = [chunk('C1', 'Chains', `A chain ${'that is clean and oiled and dry '.repeat(6)}lasts.`)]
    expect(compose(request('ad', undefined, { goal: 'Explain chains', evidence: long }))).toMatchObject({ kind: 'nothing-to-say', why: expect.stringContaining('search ad') as unknown }) // prettier-ignore
  })

  it('writes an SMS in the letters of a plain phone', () => {
    const asked = request('sms', undefined, { goal: 'Invite customers to the repair evening' })
    const body = written(asked)
    expect(findingsOf(body!, asked).filter(({ rule, verdict }) => rule === 'length' && verdict !== 'pass')).toEqual([])
  })
})

describe('variants of one brief', () => {
  const facts = (body: DraftBody): string[] =>
    body.blocks
      .flatMap((block) => (block.kind === 'paragraph' ? block.sentences : block.kind === 'list' ? block.items : []))
      .flatMap(({ citations }) => citations.flatMap((one) => (one.kind === 'fact' ? [one.factId] : [])))

  it.each(['email', 'landing-page', 'linkedin', 'telegram'] as const)('differ, and name the same offer: %s', (channel) => {
    const bodies = ideaNames.map((idea) => written(request(channel, idea))!)
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(ideaNames.length)
    const price = bicycles.find(({ id }) => id === 'F4')!.citation
    for (const body of bodies) expect(facts(body)).toContain(price.kind === 'fact' ? price.factId : '')
  }) // prettier-ignore

  it('lead with what they are called after', () => {
    const first = (idea: IdeaName): string => formText(written(request('linkedin', idea))!, forms.linkedin).text
    expect(first('offer-first')).toMatch(/^Winter Tyre 28 costs €34.50/)
    expect(first('story-first')).not.toMatch(/^Winter Tyre 28 costs/)
    expect(first('question').split('\n')[0]).toMatch(/\?/)
    expect(first('short').length).toBeLessThan(first('story-first').length)
  })
})

describe('what an author is told', () => {
  it('is the form in the request, and what is true of all forms in the system prompt', () => {
    const told = draftPrompt(request('ad', 'question'), ['person.given_name'])
    expect(told).toContain('at most 30 characters')
    expect(told).toContain('Open with a question')
    expect(told).toContain('Merge slots: none')
    expect(draftPrompt(request('sms'), ['person.given_name'])).toContain('Merge slots: person.given_name')
    expect(firstPrompt.system).not.toMatch(/preheader|Subject up to/)
  })
})
