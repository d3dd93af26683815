import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { checkMessages, type MessagesChecked } from '#campaigns/content/check-messages.ts'
import { compileDraft } from '#campaigns/launch/compile.ts'
import { letter, letterName } from '#campaigns/render/layout.ts'
import { renderMessage } from '#campaigns/render/message.ts'
import { compileContents } from '#campaigns/render/variants.ts'
import type { CampaignDefinition } from '#campaigns/definition.ts'
import type { PersonId } from '#kernel/ids.ts'
import { pointAt, register } from '#kernel/versions.ts'
import type { DraftBody } from '#rag/draft.ts'
import { testDatabase } from '../support/database.ts'
import { brand } from '../rag/written-drafts.ts'
import { aBody, aClock, aDraft, addPeople, linksKey, sender } from './world.ts'

const db = testDatabase()
let clock = aClock()
beforeEach(() => {
  clock = aClock()
})
const says = (text: string) => ({ text, citations: [] })
/** Words that state nothing, so that the copy itself is beyond doubt. */
const greeting = (change: Partial<DraftBody> = {}): DraftBody =>
  aBody({
    subject: says('A note for {{ person.given_name | default: "you" }}'),
    preheader: says('A note from Alder & Ash'),
    blocks: [
      { kind: 'paragraph', sentences: [says('Hello {{ person.given_name | default: "there" }}.'), says('See you soon.')] },
      { kind: 'button', label: 'Visit the shop', url: 'https://shop.example/' },
    ],
    ...change,
  }) // prettier-ignore

async function definitionOf(body: DraftBody): Promise<CampaignDefinition> {
  const compiled = await compileDraft({ db, clock }, aDraft(body), { name: 'spring', sender })
  if (compiled.kind === 'blocked') throw new Error(compiled.why)
  return compiled.definition
}

async function check(body: DraftBody, givenNames: readonly (string | null)[], forbidden: string[] = []): Promise<MessagesChecked> {
  const specs = givenNames.map((givenName, n) => ({ address: `reader${n}-${clock().getTime()}@example.com`, givenName }))
  clock.advance(1)
  const people = await addPeople(db, clock, specs)
  const audience = people.map(({ personId }) => personId)
  const deps = { db, clock, brand: () => Promise.resolve({ ...brand, forbidden }) }
  return checkMessages(deps, { definition: await definitionOf(body), offered: [], audience })
} // prettier-ignore

const why = (checked: MessagesChecked): string => (checked.kind === 'sound' ? '' : checked.why)

describe('the messages of a campaign, before it goes live', () => {
  it('are sound for everybody the house can imagine, whatever a few of them are called', async () => {
    expect(await check(greeting(), [])).toEqual({ kind: 'sound' })
    const odd = ['Ada', null, 'x'.repeat(10_000), '<b>Bo</b>', 'O’Brien', 'عبد', 'Win €500', 'Ann\r\nBcc: a@b.example', '{{ x }}']
    expect(await check(greeting(), odd)).toEqual({ kind: 'sound' })
    expect(await check(greeting(), Array.from({ length: 40 }, (_, n) => `Reader ${n}`))).toEqual({ kind: 'sound' })
  }) // prettier-ignore

  it('are refused with the sentence where the copy itself breaks a rule', async () => {
    const body = greeting({ preheader: says('Our coffee costs €9.00.') })
    expect(why(await check(body, ['Ada']))).toMatch(/^“Our coffee costs €9.00.” may not be sent: .*Cite/)
  })

  it('are refused for a kind of reader, never by name, where a value breaks a rule', async () => {
    const refused = why(await check(greeting(), ['Ada', 'Grotto'], ['grotto']))
    expect(refused).toMatch(/^“A note for you” may not be sent to (a reader of this segment|the reader with .*): .*leave them out of the segment/) // prettier-ignore
    expect(refused.toLowerCase()).not.toContain('grotto')
  })

  it('name nobody else: a reader’s own name may stand in their message, another customer’s may not', async () => {
    const body = greeting({ blocks: [{ kind: 'paragraph', sentences: [says('Hello {{ person.given_name | default: "there" }} Lovelace.')] }] }) // prettier-ignore
    const people = await addPeople(db, clock, [{ address: 'ada@example.com', givenName: 'Ada' }])
    const audience: PersonId[] = people.map(({ personId }) => personId)
    const deps = { db, clock, brand: () => Promise.resolve(brand) }
    const checked = await checkMessages(deps, { definition: await definitionOf(body), offered: [], audience })
    expect(why(checked)).not.toContain('Ada')
  })

  it('are refused where the layout forgets the address, the sender or the way to leave', async () => {
    const author = { clock, by: 'millrace' }
    const bare = { ...letter, mjml: letter.mjml.replace('{{ business }} · {{ address }}<br />', '') }
    const hash = await register(db, author, 'template', letterName, bare)
    await db.transaction((tx) => pointAt(tx, author, 'template', letterName, hash, 'a test'))
    expect(why(await check(greeting(), ['Ada']))).toMatch(/may not be sent to .*: the postal address is missing/)
  })

  it('are whole for any name, or its owner alone gets none (property)', async () => {
    const definition = await definitionOf(greeting())
    const variant = (await compileContents(db, definition)).get('mail-1')!
    const links = { publicUrl: 'https://mail.alder.example', key: linksKey }
    const place = { deliveryId: '0190a0a0-0000-7000-8000-000000000001' as never, address: 'a@example.com', tracked: true, campaign: 'spring', stepKey: 'mail-1', personId: 'p', occurrence: 1 } // prettier-ignore
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 120 }), { maxLength: 5 }), async (names) => {
        expect(await check(greeting(), names)).toEqual({ kind: 'sound' })
        for (const given_name of names) {
          const rendered = renderMessage(variant, sender, links, { ...place, person: { given_name } })
          if (rendered.kind === 'blocked') continue
          const { subject, html, text } = rendered.message
          expect(subject + html + text).not.toContain('{{')
        }
      }),
      { numRuns: 15 },
    )
  }, 120_000)
})
