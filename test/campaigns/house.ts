import { beforeEach } from 'vitest'
import type { UserId } from '#kernel/ids.ts'
import { testDatabase } from '../support/database.ts'
import { aClock, anOwner } from './world.ts'

/** The house of a test file: an empty database before each test, a clock that stands still, an owner who may approve. */
export const db = testDatabase()
export let clock = aClock()
export let deps = { db, clock }
export let owner: UserId

beforeEach(async () => {
  clock = aClock()
  deps = { db, clock }
  owner = await anOwner(db, clock)
})
