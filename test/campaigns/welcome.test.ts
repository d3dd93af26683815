import { describe, expect, it } from 'vitest'
import { releaseConsentText } from '#governance/consent-texts.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { PersonId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { confirmSignUp, signUpText } from '#campaigns/pages/sign-up.ts'
import { signUpToken } from '#campaigns/pages/sign-up-link.ts'
import { clock, db, deps, owner } from './house.ts'
import { releaseJourney, send, working } from './journey-world.ts'
import { addPeople } from './world.ts'

const signUpsKey = new Uint8Array(32).fill(5)

describe('a campaign that welcomes', () => {
  it('lets in who signs up on a page of the house', async () => {
    const [ada] = await addPeople(db, clock, [{ address: 'ada@example.com', consent: false }])
    const everybody = (): Promise<PersonId[]> => Promise.resolve([ada!.personId])
    const { settle, follow, sent } = working({ db, clock }, everybody)
    await releaseJourney(deps, owner, [send('welcome')], { enter: { onEvent: { event: 'signed_up' } } })
    await follow()
    clock.advance(60_000)
    const words = { language: 'en', channel: 'email', text: 'I want a letter a month.' }
    await releaseConsentText(deps, { name: signUpText, ...words, by: owner, reason: 'the first' })
    const [text] = await db.query<{ hash: never }>(sql`select hash from kernel.versions where name = ${signUpText}`)
    const asked = { address: 'ada@example.com', page: 'letter', pageHash: hashOf('page'), arm: null, textVersion: text!.hash, language: 'en' as const, askedAt: clock() } // prettier-ignore
    expect(await confirmSignUp({ ...deps, signUpsKey }, signUpToken(signUpsKey, asked))).toMatchObject({ again: false })
    expect(await follow()).toMatchObject([{ entered: 1 }])
    await settle()
    expect(sent()).toEqual(['ada@example.com welcome'])
  })
})
