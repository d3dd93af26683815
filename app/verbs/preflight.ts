import { DateTime } from 'luxon'
import { readFileSync } from 'node:fs'
import {
  definitionNamed,
  runPreflight,
  standsInTheWay,
  type Checked,
  type Preflight,
} from '#campaigns/deliverability/preflight.ts'
import { readReceived } from '#campaigns/deliverability/real-message.ts'
import { noteUpkeep } from '#campaigns/deliverability/upkeep.ts'
import { unwaive, waive } from '#campaigns/deliverability/waivers.ts'
import { senderNow } from '#campaigns/way-out/live.ts'
import { userByEmail } from '#governance/access.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

export const preflight: Verb = {
  name: 'preflight',
  about: '24 points before messages leave: the domain’s set-up, the way out, the campaign; what fails stops its launch',
  usage: [
    'preflight [CAMPAIGN] [--json]',
    'preflight --message FILE [--json]',
    'preflight --waive POINT --reason WORDS --as ADDRESS [--json]',
    'preflight --unwaive POINT --as ADDRESS [--json]',
    'preflight --done POINT --reason WORDS [--on DAY] --as ADDRESS [--json]',
  ],
  takes: 1,
  options: {
    message: { type: 'string' },
    waive: { type: 'string' },
    unwaive: { type: 'string' },
    done: { type: 'string' },
    on: { type: 'string' },
    reason: { type: 'string' },
    as: { type: 'string' },
  },
  explains: {
    message: 'a message you sent yourself, saved whole from its mailbox: signature and alignment are read from it',
    waive: 'takes an unknown point on oneself for 30 days; what fails cannot be waived',
    unwaive: 'takes such a word back',
    done: 'notes that retention, backup, restore-drill or portability was seen to',
    on: 'the day it was done on, such as 2026-03-02; today unless told',
    reason: 'why, or what was done; it is kept',
    as: 'the e-mail address of the owner who says so',
  },
  run: (call) =>
    withHouse(call.config, async (house) => {
      const [file, waived, unwaived] = [call.text('message'), call.text('waive'), call.text('unwaive')]
      if (call.text('done') !== undefined) return note(call, house)
      if (file !== undefined) return read(call, house, file)
      if (waived !== undefined || unwaived !== undefined) return word(call, house)
      return tell(call, await run(house, call.positionals[0]))
    }),
}

async function run(house: House, campaign: string | undefined): Promise<Preflight> {
  const definition = campaign === undefined ? null : await definitionNamed(house.db, campaign)
  if (campaign !== undefined && definition === null)
    throw new UsageError(`There is no campaign "${campaign}": millrace campaign lists them`)
  const sender = definition?.sender ?? (await senderNow(house.db, house.sender))
  if (sender === null) throw new RefusedError('Set MAIL_FROM and BUSINESS_ADDRESS: who sends decides what is checked')
  return runPreflight(house, { sender, definition })
}

function tell(call: Call, checked: Preflight): number {
  const against = standsInTheWay(checked)
  const verdict = against.length === 0 ? 'Nothing stands in the way.' : `${against.length} points stand in the way.`
  answer(call, { ...checked, against: against.map(({ id }) => id) }, [...checked.points.flatMap(lines), verdict])
  return against.length === 0 ? exit.done : exit.refused
}

function lines({ id, what, mark, evidence, fix, records, waiver }: Checked, index: number): string[] {
  return [
    `${String(index + 1).padStart(2)}. ${(mark === 'not-applicable' ? '–' : mark).padEnd(7)} ${what} (${id})`,
    `    ${evidence}`,
    ...(fix === null ? [] : [`    → ${fix}`]),
    ...records.map(({ type, name, value }) => `    → ${name}  ${type}  ${value}`),
    ...(waiver ? [`    waived until ${waiver.endsAt.toISOString().slice(0, 10)}: ${waiver.reason}`] : []),
  ]
}

async function read(call: Call, house: House, file: string): Promise<number> {
  const done = await readReceived({ ...house, dns: house.preflight.dns }, readFileSync(pathOf(call, file), 'utf8'))
  if (done.kind === 'refused') throw new RefusedError(done.why)
  const { domain, spf, dkim, dmarc } = done.message
  answer(call, done.message, [
    `A message from ${domain}:`,
    `  SPF ${spf?.result ?? 'none'}${spf ? `, from ${spf.address}` : ''}`,
    ...dkim.map((one) => `  DKIM ${one.result}, ${one.selector} of ${one.domain}`),
    `  DMARC ${dmarc?.result ?? 'none'}`,
  ])
  return exit.done
}

async function note(call: Call, house: House): Promise<number> {
  const [point, on, what] = [call.text('done') ?? '', call.text('on'), call.text('reason') ?? '']
  const doneAt = on === undefined ? null : DateTime.fromISO(on, { zone: house.business.zone }).toJSDate()
  const done = await noteUpkeep(house, { point, doneAt, what, by: (await ownerOf(call, house)).id })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [`Noted: it counts until ${done.until.toISOString().slice(0, 10)}`])
  return exit.done
}

async function ownerOf(call: Call, house: House) {
  const address = call.text('as')
  const user = address === undefined ? null : await userByEmail(house.db, address)
  if (!user) throw new UsageError('Which owner says so? --as ADDRESS')
  return user
}

async function word(call: Call, house: House): Promise<number> {
  const user = await ownerOf(call, house)
  const [waived, unwaived] = [call.text('waive'), call.text('unwaive')]
  const done =
    waived === undefined
      ? await unwaive(house, { point: unwaived ?? '', by: user.id })
      : await waive(house, { point: waived, by: user.id, reason: call.text('reason') ?? '' })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [done.kind === 'waived' ? `Waived until ${done.until.toISOString().slice(0, 10)}` : 'Taken back'])
  return exit.done
}
