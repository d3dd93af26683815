import { unknown } from '../finding.ts'
import type { Point } from '../point.ts'

const notThere = (id: string, what: string, missing: string, fix: string): Point => ({
  id,
  what,
  outside: false,
  run: () => unknown(missing, fix),
})

/** What the house does not do by itself yet: it says so, and what a person can do meanwhile. */
export const keeping: readonly Point[] = [
  notThere('retention', 'What must be forgotten is forgotten in time', 'No job of this house erases by age yet.', 'Erase on request and by your own calendar.'),
  notThere('backup', 'There is a backup of today', 'This house makes no backups yet.', 'Back up the database and SECRET_KEY yourself, apart from each other, encrypted.'),
  notThere('restore-drill', 'A backup was restored lately', 'No restore was ever tried from here.', 'Restore your last backup elsewhere, and note how long it took.'),
  notThere('portability', 'Contacts and consents can be taken elsewhere', 'This house writes no export that reads back to the same counts yet.', 'Export from the database, and read it back.'),
] // prettier-ignore
