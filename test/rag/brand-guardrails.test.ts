import { describe, expect, it } from 'vitest'
import { guardContextOf } from '#rag/brand.ts'
import type { BrandProfile } from '#rag/brand/profile.ts'
import { givenEvidence, runRules, subjectOf } from '#rag/guardrails/check.ts'
import { forms, type FormName } from '#rag/forms.ts'
import { mail } from './guarded-copy.ts'
import { brandWith } from './written-drafts.ts'

describe('the guardrails', () => {
  const blocksOf = (profile: Partial<BrandProfile>, text: string, form: FormName = 'email') =>
    runRules(
      subjectOf(
        mail([[text]]),
        givenEvidence([]),
        { ...guardContextOf(brandWith({ voice: 'plain', ...profile })), form: forms[form] },
        [],
      ),
    )
      .filter(({ verdict }) => verdict === 'block')
      .map(({ rule }) => rule)
  const dutch = 'Wij branden de koffie voor je op maandag en dan gaat het pakket op dinsdag naar je toe.'

  it('ask the brand for its language', () => {
    expect(blocksOf({ language: 'en' }, dutch)).toContain('language')
    expect(blocksOf({ language: 'nl' }, dutch)).not.toContain('language')
    expect(blocksOf({}, dutch)).not.toContain('language')
  })

  it('ask it whose law holds', () => {
    const text = 'Our wine helps you relax at last.'
    expect(blocksOf({ countries: ['NL'] }, text)).toContain('regulated')
    expect(blocksOf({ countries: ['US'] }, text)).not.toContain('regulated')
  })

  it('ask it for what must stand in this form, and no other', () => {
    const required = [{ what: 'How to stop', words: 'Reply STOP', forms: ['sms' as const] }]
    expect(blocksOf({ required }, 'Good morning.', 'sms')).toContain('required')
    expect(blocksOf({ required }, 'Good morning. Reply STOP to leave.', 'sms')).not.toContain('required')
    expect(blocksOf({ required }, 'Good morning.', 'email')).not.toContain('required')
  })

  it('take the lines it opens and closes with for courtesy, and nothing that goes on from them', () => {
    const given = { greeting: 'Goedemorgen', closing: 'With care' }
    for (const text of [
      'Goedemorgen {{ person.given_name | default: "there" }},',
      'With care, Alder & Ash',
      'With care.',
    ]) {
      expect(blocksOf({}, text)).toContain('cited')
      expect(blocksOf(given, text)).not.toContain('cited')
    }
    expect(blocksOf(given, 'With care, we roast every bean by hand')).toContain('cited')
  })

  it('ask it for the numbers and addresses that are its own', () => {
    const text = 'Call +31 6 1234 5000 or write to hello@alder.example.'
    expect(blocksOf({}, text)).toContain('links')
    expect(blocksOf({ phones: ['+31612345000'], emails: ['hello@alder.example'] }, text)).not.toContain('links')
  })
})
