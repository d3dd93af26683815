import type { Db } from '#kernel/db.ts'
import type { CampaignDefinition } from '../definition.ts'
import { holdsOf } from '../content/holds.ts'

/** What a rehearsal leaves out, as sentences. `weight`: how many people each stands for who is played. */
export async function untoldOf(
  db: Db,
  { name, rollout, ends, limits }: CampaignDefinition,
  weight: number,
): Promise<string[]> {
  const counted = limits.dailyCap !== null || ends?.sends !== undefined || ends?.budget !== undefined
  const doings = [ends?.goals, ends?.fatigue, ends?.decided].some((one) => one !== undefined)
  const held = (await holdsOf(db, name)).some(({ liftedAt }) => liftedAt === null)
  return [
    ...(counted && weight > 1 ? [`Of all who come in only some are played: where messages are counted, each of them stands for ${weight.toFixed(1)}`] : []), // prettier-ignore
    ...(held ? ['The campaign is held now: nothing of it leaves until somebody lifts that'] : []),
    ...(rollout ? ['It goes out stage by stage, and each stage waits for its guards: who is in a later one gets theirs later than told here'] : []), // prettier-ignore
    ...(doings ? ['Nobody does anything here: an end by goals, by fatigue or by a decided experiment is not foreseen'] : []), // prettier-ignore
    'What providers take of a domain in a day (warm-up, breakers), switches and holds to come are not rehearsed',
  ]
}
