import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draftOf, refusedOf, textAt, textsOf, type Finding } from '#rag/draft.ts'
import { compose } from '#rag/models/offline/compose.ts'
import { asking, draft, goals } from './offline-samples.ts'

describe('a revision', () => {
  const block = (where: string): Finding => ({ rule: 'test', version: 1, verdict: 'block', where, span: null, why: 'wrong', fix: 'drop it' }) // prettier-ignore

  it('drops or replaces whatever was blocked, round after round', () => {
    fc.assert(
      fc.property(fc.constantFrom(...goals), fc.infiniteStream(fc.nat(1000)), (goal, picks) => {
        let request = asking({ goal })
        const refused: string[] = []
        for (let round = 0; round < 3; round += 1) {
          const composed = compose(request)
          if (composed.kind !== 'composed') return
          const body = draftOf(composed.body, request.evidence)
          for (const text of refused) expect(textsOf(body)).not.toContain(text)
          const paths = ['subject', 'preheader', ...body.blocks.flatMap((one, at) => (one.kind === 'paragraph' ? one.sentences.map((_, n) => `blocks.${at}.sentences.${n}`) : one.kind === 'list' ? one.items.map((_, n) => `blocks.${at}.items.${n}`) : [`blocks.${at}.label`]))] // prettier-ignore
          const found = [block(paths[picks.next().value! % paths.length]!)]
          refused.push(...refusedOf(body, found))
          request = asking({ goal, revise: { previous: body, findings: found, refused: [...refused] } })
        }
      }),
      { numRuns: 60 },
    )
  })

  it('keeps the rest of the letter', () => {
    const request = asking({ goal: 'Sell winter tyres to people who ride to work' })
    const previous = draft(request)
    const at = previous.blocks.findIndex((one) => one.kind === 'paragraph' && one.sentences.some(({ text }) => text.startsWith('Winter tyres grip'))) // prettier-ignore
    const found = [block(`blocks.${at}.sentences.0`)]
    const revised = draft(asking({ goal: request.brief.goal, revise: { previous, findings: found } }))
    expect(textsOf(revised).join(' ')).not.toContain('Winter tyres grip')
    expect(revised.subject).toEqual(previous.subject)
    expect(textsOf(revised).join(' ')).toContain('€34.50')
  })

  it('takes a warning for no reason to change', () => {
    const request = asking({ goal: 'Sell winter tyres' })
    const previous = draft(request)
    const found = [{ ...block('subject'), verdict: 'warn' as const }]
    expect(draft(asking({ goal: 'Sell winter tyres', revise: { previous, findings: found } }))).toEqual(previous)
  })

  it('finds the text at a path', () => {
    const body = draft(asking({ goal: 'Sell winter tyres' }))
    expect(textAt(body, 'subject')).toBe(body.subject.text)
    expect(textAt(body, 'blocks.0.sentences.0')).toContain('Hello')
    expect(textAt(body, 'blocks.99.label')).toBeNull()
    expect(textAt(body, 'body')).toBeNull()
  })
})
