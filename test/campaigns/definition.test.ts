import { describe, expect, it } from 'vitest'
import { hashOf } from '#kernel/crypto.ts'
import { pointAt, register } from '#kernel/versions.ts'
import { compileDraft, type Compiled } from '#campaigns/launch/compile.ts'
import { campaignDefinition } from '#campaigns/definition.ts'
import type { Step } from '#campaigns/definition/steps.ts'
import { plainSends } from '#campaigns/journeys/plain.ts'
import { letter, letterName } from '#campaigns/render/layout.ts'
import { testDatabase } from '../support/database.ts'
import { aBody, aClock, aDraft, makeRelease, sender } from './world.ts'

const db = testDatabase()
const deps = { db, clock: aClock() }
const compiled = (result: Compiled) => {
  if (result.kind === 'blocked') throw new Error(result.why)
  return result
}

describe('a campaign definition', () => {
  it('pins content, template, guardrails, audience, limits and sender by value or hash', async () => {
    const draft = { ...aDraft(), guardrailHash: hashOf('rules') }
    const { definition, pins } = compiled(await compileDraft(deps, draft, { name: 'spring', sender, limits: { dailyCap: 9 } })) // prettier-ignore
    expect(pins).toMatchObject({
      contentHash: hashOf(aBody()),
      guardrailHash: hashOf('rules'),
      templateHash: definition.templateHash,
      audience: { segment: 'lapsed', rule: { subscribed: true } },
      limits: { dailyCap: 9, expireAfterHours: 72 },
      sender,
      channel: 'email',
    })
    expect(campaignDefinition.parse(JSON.parse(JSON.stringify(definition)))).toEqual(definition)
  })

  it('is another release when anything it pins changes, and the same when nothing does', async () => {
    const first = await makeRelease(deps)
    expect(await makeRelease(deps)).toBe(first)
    expect(await makeRelease(deps, aBody({ preheader: { text: 'Other', citations: [] } }))).not.toBe(first)
    expect(await makeRelease(deps, aBody(), { limits: { dailyCap: 1 } })).not.toBe(first)
    const bold = { ...letter, colours: { ...letter.colours, accent: '#112233' } }
    await db.transaction(async (tx) => {
      const author = { clock: deps.clock, by: 'test' }
      const hash = await register(tx, author, 'template', letterName, bold)
      await pointAt(tx, author, 'template', letterName, hash, 'test')
    })
    expect(await makeRelease(deps)).not.toBe(first)
  })

  it('is refused with what to mend: guardrails, content, and missing postal address', async () => {
    const finding = { rule: 'figures', version: 1, verdict: 'block', where: 'body', span: null, why: 'a price without evidence', fix: '' } as const // prettier-ignore
    expect(await compileDraft(deps, { ...aDraft(), findings: [finding] }, { name: 'spring', sender })).toEqual({
      kind: 'blocked',
      rule: 'guardrails',
      why: 'a price without evidence',
    })
    const broken = aDraft(aBody({ subject: { text: '{{ person.x', citations: [] } }))
    expect(await compileDraft(deps, broken, { name: 'spring', sender })).toMatchObject({ rule: 'content' })
    const homeless = { ...sender, postalAddress: '' }
    expect(await compileDraft(deps, aDraft(), { name: 'spring', sender: homeless })).toMatchObject({
      rule: 'definition',
      why: expect.stringContaining('BUSINESS_ADDRESS') as string,
    })
  })

  it('does not accept a content that is not the one its hash names', async () => {
    const { definition } = compiled(await compileDraft(deps, aDraft(), { name: 'spring', sender }))
    const journey = definition.journey.map((step) => ({ ...step, content: aBody({ subject: { text: 'Forged', citations: [] } }) })) // prettier-ignore
    expect(campaignDefinition.safeParse({ ...definition, journey }).success).toBe(false)
  })

  it('folds the waits of a journey into the sends that follow them', async () => {
    const later = [{ waitMinutes: 60, body: aBody() }, { waitMinutes: 5, body: aBody() }] // prettier-ignore
    const { definition } = compiled(await compileDraft(deps, aDraft(), { name: 'spring', sender, later }))
    expect(plainSends(definition)?.map(({ step, afterMs }) => [step.key, afterMs])).toEqual([
      ['mail-1', 0],
      ['mail-2', 3_600_000],
      ['mail-3', 300_000],
    ])
    const said = (at: number) => plainSends({ ...definition, journey: definition.journey.with(at, { ...definition.journey.at(at)!, next: null } as Step) }) // prettier-ignore
    expect(said(-1)).toHaveLength(3)
    expect(said(0)).toBeNull()
  })
})
