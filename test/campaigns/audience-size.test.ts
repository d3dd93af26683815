import { describe, expect, it } from 'vitest'
import { audienceRefusal } from '#campaigns/launch/audience-size.ts'
import { clock, db, deps } from './house.ts'
import { aJourney, send } from './journey-world.ts'
import { addPeople, readers } from './world.ts'

describe('an audience', () => {
  it('of nobody is refused; of nearly everybody who may be written to a person types the number', async () => {
    const people = await addPeople(db, clock, [
      ...readers(40),
      ...Array.from({ length: 60 }, (_, n) => ({ address: `never-asked${n}@example.com`, consent: false })),
    ])
    const definition = await aJourney(deps, [send('one')])
    const asked = (count: number, typed?: number) =>
      audienceRefusal({ ...deps, members: () => Promise.resolve(people.slice(0, count).map((one) => one.personId)) }, definition, typed) // prettier-ignore
    expect(await asked(0)).toMatchObject({ rule: 'nobody' })
    expect(await asked(35)).toBeNull()
    expect(await asked(36)).toMatchObject({ rule: 'everybody' })
    expect(await asked(40)).toMatchObject({ rule: 'everybody', why: expect.stringContaining('goes to 40 people, and 40 may be written to by email') as string }) // prettier-ignore
    expect(await asked(40, 39)).toMatchObject({ rule: 'everybody' })
    expect(await asked(40, 40)).toBeNull()
  })
})
