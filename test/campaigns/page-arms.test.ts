import { describe, expect, it } from 'vitest'
import { countShown } from '#campaigns/pages/trial.ts'
import { countArmsOfPage } from '#campaigns/queries/page-arms.ts'
import type { Hash } from '#kernel/ids.ts'
import { testDatabase } from '../support/database.ts'
import { aClock } from './world.ts'

const db = testDatabase()
const clock = aClock()
const pageHash = 'a'.repeat(64) as Hash
const person = { method: 'GET', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', headers: {} }
const machine = { method: 'HEAD', userAgent: 'curl/8', headers: {} }
const shown = (arm: string, reader: string | null, visit = person) => countShown({ db, clock }, { pageHash, arm, reader, visit }) // prettier-ignore

describe('who was shown a copy', () => {
  it('counts once where they are known, at each visit where they are not, and apart where it is a machine', async () => {
    for (let n = 0; n < 3; n++) await shown('A', 'somebody')
    await shown('A', 'somebody else')
    for (let n = 0; n < 20; n++) await shown('B', null)
    await shown('B', null, machine)
    await shown('B', 'a machine that claims to be known', machine)
    await shown('B', 'a machine that claims to be known')
    const counted = (await countArmsOfPage(db, pageHash)).toSorted((one, other) => one.arm.localeCompare(other.arm))
    expect(counted).toEqual([
      { arm: 'A', readers: 2, machines: 0, signedUp: 0 },
      { arm: 'B', readers: 21, machines: 2, signedUp: 0 },
    ])
    expect(await countArmsOfPage(db, 'b'.repeat(64) as Hash)).toEqual([])
  })
})
