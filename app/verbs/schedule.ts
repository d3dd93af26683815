import { addSchedule, listSchedules, pauseSchedule, resumeSchedule, startSchedule, type Schedule } from '#campaigns/schedule/schedules.ts' // prettier-ignore
import { userByEmail, type Actor } from '#governance/access.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

export const schedule: Verb = {
  name: 'schedule',
  about: 'Timetables that enrol the audience of an approved campaign anew, at night as by day',
  usage: [
    'schedule [list] [--json]',
    'schedule add NAME --campaign NAME --cron "0 9 * * 2" --as ADDRESS [--zone ZONE] [--grace MINUTES] [--json]',
    'schedule pause NAME --reason WORDS [--json]',
    'schedule resume NAME --as ADDRESS [--json]',
    'schedule run NAME --as ADDRESS [--json]',
  ],
  takes: 2,
  options: {
    campaign: { type: 'string' },
    cron: { type: 'string' },
    zone: { type: 'string' },
    grace: { type: 'string' },
    reason: { type: 'string' },
    as: { type: 'string' },
  },
  explains: {
    campaign: 'a campaign whose live release is approved',
    cron: 'minute, hour, day of the month, month, day of the week',
    zone: 'an IANA time zone; the business’s unless told',
    grace: 'minutes after which a start that was missed does not happen; 60 unless told',
    reason: 'why it is paused',
    as: 'the e-mail address of whoever says so',
  },
  run: (call) => {
    const [what = 'list', name] = call.positionals
    const run = verbs[what]
    if (!run || (what !== 'list' && name === undefined))
      throw new UsageError('Say: millrace schedule, or schedule add, pause, resume or run NAME')
    return withHouse(call.config, (house) => run(call, house, name ?? ''))
  },
}

const verbs: Readonly<Record<string, (call: Call, house: House, name: string) => Promise<number>>> = {
  list,
  add,
  pause,
  resume,
  run: start,
}

const instant = (at: Date, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(at)

async function list(call: Call, house: House): Promise<number> {
  const schedules = await listSchedules(house)
  const words = schedules.flatMap((one) => inWords(one, house.business.zone))
  answer(call, schedules, words.length === 0 ? ['There are no timetables'] : words)
  return exit.done
}

function inWords({ name, definition, next, pausedAt, pauseReason, runs }: Schedule, zone: string): string[] {
  const then = pausedAt === null ? `next ${next.map((at) => instant(at, zone)).join('; ')} (${zone})` : `paused: ${pauseReason}` // prettier-ignore
  return [
    `${name}: ${definition.campaign}, ${definition.cron} (${definition.zone}); ${then}`,
    ...runs
      .slice(0, 3)
      .map((run) => `  ${instant(run.slotAt, zone)} ${run.state}${run.why === null ? '' : `: ${run.why}`}${run.enrolled === null ? '' : `, ${run.enrolled} enrolled`}`), // prettier-ignore
  ]
}

async function add(call: Call, house: House, name: string): Promise<number> {
  const [campaign, cron] = [call.text('campaign'), call.text('cron')]
  if (campaign === undefined || cron === undefined) throw new UsageError('Which campaign, and when? Give --campaign and --cron') // prettier-ignore
  const definition = {
    name,
    campaign,
    cron,
    zone: call.text('zone') ?? house.business.zone,
    graceMinutes: Number(call.text('grace') ?? '60'),
  }
  const called = { cron: '--cron', zone: '--zone', graceMinutes: '--grace' }
  const done = await addSchedule(house, { definition, by: await whoSays(call, house), called })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  const { next } = (await listSchedules(house)).find((one) => one.name === name)!
  answer(call, done, [`${name} starts ${campaign} next ${instant(next[0]!, house.business.zone)} (${house.business.zone})`]) // prettier-ignore
  return exit.done
}

async function pause(call: Call, house: House, name: string): Promise<number> {
  const reason = call.text('reason')
  if (reason === undefined) throw new UsageError('Say why: whoever resumes it reads --reason')
  const done = await pauseSchedule(house, { name, by: 'millrace', reason })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [`${name} is paused: nothing starts by it`])
  return exit.done
}

async function resume(call: Call, house: House, name: string): Promise<number> {
  const done = await resumeSchedule(house, { name, by: await whoSays(call, house) })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [`${name} goes on`])
  return exit.done
}

async function start(call: Call, house: House, name: string): Promise<number> {
  const done = await startSchedule(house, { name, by: await whoSays(call, house) })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  const { ran } = done
  if (ran !== null && ran.state !== 'done') throw new RefusedError(`${name} did not start: ${ran.why ?? ran.state}`)
  answer(call, done, [ran?.plan ? `${name} started: ${ran.plan.enrolled} of ${ran.plan.members} enrolled, ${ran.plan.planned} messages planned` : `${name} starts within a minute`]) // prettier-ignore
  return exit.done
}

async function whoSays(call: Call, house: House): Promise<Actor> {
  const address = call.text('as')
  if (address === undefined) throw new UsageError('Who says so? Give --as ADDRESS')
  const user = await userByEmail(house.db, address)
  if (!user) throw new RefusedError('Nobody of this address may say so: add them with millrace sign-in ADDRESS')
  return user.id
}
