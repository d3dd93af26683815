import { selectLastUpkeep } from '../../queries/upkeep.ts'
import { pass, unknown } from '../finding.ts'
import type { Point } from '../point.ts'
import { lastsUntil, upkeepDays, type UpkeepPoint } from '../upkeep.ts'

/** What the house cannot see by itself: it goes by what a person noted, as long as that lasts. */
const noted = (id: UpkeepPoint, what: string, fix: string): Point => ({
  id,
  what,
  outside: false,
  run: async ({ db, clock }) => {
    const last = await selectLastUpkeep(db, id)
    const how = `${fix} Then note it here, or by millrace preflight --done ${id}; it counts for ${upkeepDays[id]} days.`
    if (last === null) return unknown('Nobody noted that it was done.', how)
    const done = `Done at ${last.doneAt.toISOString()}: ${last.what}.`
    return lastsUntil(id, last.doneAt) > clock() ? pass(done) : unknown(`${done} That is too long ago.`, how)
  },
})

export const keeping: readonly Point[] = [
  noted('retention', 'What must be forgotten is forgotten in time', 'Erase what your own calendar says, and what people asked for.'),
  noted('backup', 'There is a backup of these two days', 'Back up the database and SECRET_KEY, apart from each other, encrypted.'),
  noted('restore-drill', 'A backup was restored lately', 'Restore your last backup elsewhere, and write down how long it took.'),
  noted('portability', 'Contacts and consents can be taken elsewhere', 'Export contacts and consents, read them back, and compare the counts.'),
] // prettier-ignore
