import { stoppedClock } from '#kernel/clock.ts'
import { resolveIdentities } from '#ingest/identity/resolve.ts'
import { testDatabase } from '../support/database.ts'
import { releaseIdentity, smallModel, type SaidOf } from './identity-support.ts'

// People who are alike, whom no identifier ties.

export const db = testDatabase()
export const clock = stoppedClock(new Date('2026-03-01T10:00:00Z'))
export const deps = { db, clock }
export const resolve = () => resolveIdentities(deps, { by: 'test' })
export const word = { by: 'Mia', reason: 'asked her' }

export const home = { street: '1 Mill Lane', city: 'Leeds', postcode: 'LS7 3AB' }
export const anna: SaidOf = { id: 'hubspot:a', given: 'Anna', family: 'van den Berg', ...home, born: '1980-05-17', claims: ['email:anna@y.example'] } // prettier-ignore
export const annaAgain: SaidOf = { ...anna, id: 'stripe:a', claims: ['email:berg@y.example'] }
/** Same house and surname, another first name, no birthday: too like to be passed over. */
export const anne: SaidOf = { id: 'stripe:b', given: 'Anne', family: 'van den Berg', ...home, claims: ['email:anne@y.example'] } // prettier-ignore

/** Everybody above `merge` is joined, everybody above `review` is asked about. */
export const like = (bands: { merge: number; review: number }) =>
  releaseIdentity(db, clock, 'linkage', smallModel(bands))
