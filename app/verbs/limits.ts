import { chooseLimits, limitsInWords, limitsOfDraft } from '#campaigns/launch/draft-limits.ts'
import { carefulRollout, type RolloutPlan } from '#campaigns/canary/plan.ts'
import { userByEmail } from '#governance/access.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { parseId, type DraftId } from '#kernel/ids.ts'
import { draftById, type Draft } from '#rag/drafts.ts'
import { DateTime } from 'luxon'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'
import { launchOf } from '../website.ts'

export const limits: Verb = {
  name: 'limits',
  about: 'When a draft may leave and how much of it, chosen before it is approved',
  usage: [
    'limits DRAFT [--json]',
    'limits DRAFT --as ADDRESS [--daily-cap N] [--per-person-day N] [--per-person-week N] [--window 09:00-18:00] [--days 1,2,3] [--expire-after HOURS] [--priority 0-9] [--start TIME] [--rollout stages|all] [--json]',
  ],
  takes: 1,
  options: {
    as: { type: 'string' },
    'daily-cap': { type: 'string' },
    'per-person-day': { type: 'string' },
    'per-person-week': { type: 'string' },
    window: { type: 'string' },
    days: { type: 'string' },
    'expire-after': { type: 'string' },
    priority: { type: 'string' },
    start: { type: 'string' },
    rollout: { type: 'string' },
  },
  explains: {
    as: 'the e-mail address of whoever chooses; what is not told stays, `none` takes a limit away',
    'daily-cap': 'messages of this campaign in a day',
    'per-person-day': 'messages of all campaigns to one person in 24 hours',
    'per-person-week': 'messages of all campaigns to one person in seven days',
    window: 'hours on the clock of its reader',
    days: 'of the window: 1 is Monday, 7 is Sunday',
    'expire-after': 'hours after which a late message is not sent',
    priority: 'the higher goes first where people may not have all; 5 unless told',
    start: 'not before: 2026-03-02T09:00, on the clocks of the business',
    rollout: 'stages: 1, 10, 50 and 100 % while its guards hold; all: everybody at once',
  },
  run: (call) => {
    const draftId = parseId<'draft'>(call.positionals[0])
    if (!draftId) throw new UsageError('Which draft? millrace limits DRAFT')
    return withHouse(call.config, (house) => (call.text('as') === undefined ? tell(call, house, draftId) : choose(call, house, draftId))) // prettier-ignore
  },
}

async function tell(call: Call, house: House, draftId: DraftId): Promise<number> {
  const chosen = await limitsOfDraft(launchOf(house), await draftNamed(house, draftId))
  answer(call, chosen, limitsInWords(chosen, house.business.zone))
  return exit.done
}

async function choose(call: Call, house: House, draftId: DraftId): Promise<number> {
  const { zone } = house.business
  const user = await userByEmail(house.db, call.text('as') ?? '')
  if (!user) throw new RefusedError('Nobody of this address may choose: add them with millrace sign-in ADDRESS')
  const before = await limitsOfDraft(launchOf(house), await draftNamed(house, draftId))
  const input = { draftId, by: user.id, limits: { ...before.limits, ...asked(call, before.limits.window) }, startAt: startOf(call, before.startAt, zone), called } // prettier-ignore
  const done = await chooseLimits({ ...launchOf(house), zone }, { ...input, ...rolloutOf(call) })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [
    ...limitsInWords(done.chosen, zone),
    ...(done.outOfReach.length > 0 ? [`no hour of this window is open all over ${done.outOfReach.join(', ')}: people there without a known zone would be held`] : []), // prettier-ignore
  ])
  return exit.done
}

async function draftNamed({ db }: House, draftId: DraftId): Promise<Draft> {
  const draft = await draftById(db, draftId)
  if (!draft) throw new UsageError('There is no such draft')
  return draft
}

function rolloutOf(call: Call): { rollout?: RolloutPlan | null } {
  const text = call.text('rollout')
  if (text === undefined) return {}
  if (text !== 'stages' && text !== 'all') throw new UsageError('--rollout is stages or all')
  return { rollout: text === 'stages' ? carefulRollout : null }
}

const numbers = {
  dailyCap: 'daily-cap',
  perPersonPerDay: 'per-person-day',
  perPersonPerWeek: 'per-person-week',
  expireAfterHours: 'expire-after',
  priority: 'priority',
}

/** What the limits are called on the command line. */
const called = {
  ...Object.fromEntries(Object.entries(numbers).map(([field, option]) => [field, `--${option}`])),
  window: '--window',
  'window.from': '--window',
  'window.to': '--window',
}

/** What the options ask for; what is not told is left out. */
function asked(
  call: Call,
  window: { from: string; to: string; days?: number[] | undefined } | null,
): Record<string, unknown> {
  const told: Record<string, number | null> = {}
  for (const [field, option] of Object.entries(numbers)) {
    const text = call.text(option)
    if (text !== undefined) told[field] = text === 'none' ? null : Number(text)
  }
  const [hours, days] = [call.text('window'), call.text('days')]
  if (hours === undefined && days === undefined) return told
  if (hours === 'none') return { ...told, window: null }
  const [from, to] = hours?.split('-') ?? [window?.from, window?.to]
  const on = days === undefined ? window?.days : days.split(',').map(Number)
  return { ...told, window: { from, to, ...(on === undefined ? {} : { days: on }) } }
}

function startOf(call: Call, before: Date | null, zone: string): Date | null {
  const text = call.text('start')
  if (text === undefined || text === 'none') return text === undefined ? before : null
  const at = DateTime.fromISO(text, { zone })
  if (!at.isValid) throw new UsageError(`--start ${text} is no time: write 2026-03-02T09:00`)
  return at.toJSDate()
}
