import { describe, expect, it } from 'vitest'
import { heldDatabase, millrace, millraceJson, testHome } from './millrace.ts'

const home = testHome()
const here = { home }
heldDatabase(home)

describe('what vendors of models may see', () => {
  it('is an owner’s word alone, and is kept with its reason', async () => {
    await millraceJson(here, 'sign-in', 'ash@example.com', '--role', 'owner')
    await millraceJson(here, 'sign-in', 'mara@example.com', '--role', 'marketer')
    const allow = (as: string) => ['privacy', 'allow', 'phone', '--as', as, '--reason', 'the shop’s own line']
    for (const as of ['mara@example.com', 'nobody@example.com']) {
      expect(await millrace(here, ...allow(as))).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(/^Refused: .*owner/) as string }) // prettier-ignore
    }
    expect(await millraceJson(here, ...allow('ash@example.com'))).toEqual({ allowed: ['PHONE'] })
    expect(await millraceJson(here, 'privacy', 'show')).toMatchObject({
      allowed: ['PHONE'],
      moves: [{ reason: 'the shop’s own line' }],
    })
    const denied = ['privacy', 'deny', 'PHONE', '--as', 'ash@example.com', '--reason', 'no more']
    expect(await millraceJson(here, ...denied)).toEqual({ allowed: [] })
  })

  it('says how to ask', async () => {
    for (const args of [['privacy'], ['privacy', 'allow', 'SHOE'], ['privacy', 'allow', 'PHONE']])
      expect(await millrace(here, ...args)).toMatchObject({ code: 2, stdout: '' })
  })
})
