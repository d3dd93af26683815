import type { ChannelName } from '#campaigns/channel.ts'
import { candidateNow, checkCandidate, proposeCandidate } from '#campaigns/way-out/candidate.ts'
import {
  configured, isMail, liveConfiguration, secretNames, secretsOf, type Configuration,
} from '#campaigns/way-out/configuration.ts' // prettier-ignore
import { switchWay } from '#campaigns/way-out/switch-way.ts'
import { proveCandidate, testCandidate } from '#campaigns/way-out/test-way.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { launchOf } from '../website.ts'
import { withHouse, type House } from '../wire.ts'
import { personOf } from './campaign-documents.ts'

export const waysOut: Verb = {
  name: 'ways-out',
  about: 'How messages leave: propose another way, prove it by a message that arrives, switch, and switch back',
  usage: [
    'ways-out [--json]',
    'ways-out propose SETTING --as ADDRESS [--from-name NAME --from ADDRESS] [--reply-to ADDRESS] [--connections N] [--daily-cap N] [--json]',
    'ways-out check [--channel NAME] --as ADDRESS [--json]',
    'ways-out test --to ADDRESS [--channel NAME] --as ADDRESS [--json]',
    'ways-out code CODE [--channel NAME] --as ADDRESS [--json]',
    'ways-out switch [--channel NAME] --as ADDRESS [--reason WORDS] [--json]',
  ],
  takes: 2,
  options: {
    as: { type: 'string' },
    channel: { type: 'string' },
    to: { type: 'string' },
    from: { type: 'string' },
    'from-name': { type: 'string' },
    'reply-to': { type: 'string' },
    connections: { type: 'string' },
    'daily-cap': { type: 'string' },
    reason: { type: 'string' },
  },
  explains: {
    as: 'the e-mail address of an owner',
    channel: 'email, whatsapp, sms or telegram; email when left out',
    to: 'where the test goes: an address whose mail you can read, your number, or your chat with the bot',
    from: 'the address that new campaigns are from; what is approved keeps its own',
    'from-name': 'the name before it',
    'reply-to': 'where answers to new campaigns go',
    connections: 'most connections to an SMTP server at once',
    'daily-cap': 'most messages of all campaigns in a day',
    reason: 'why; kept in its history',
  },
  run: (call) =>
    withHouse(call.config, async (house) => {
      const [first, second] = call.positionals
      if (first === undefined) return tell(call, house)
      const does = actions[first]
      if (!does) throw new UsageError(`ways-out takes one of ${Object.keys(actions).join(', ')}`)
      return does(call, house, second ?? '')
    }),
}

type Act = (call: Call, house: House, word: string) => Promise<number>

const depsOf = (house: House) => ({ ...launchOf(house), ways: house.ways })

const actions: Readonly<Record<string, Act>> = {
  propose: async (call, house, secret) => {
    const [name, address] = [call.text('from-name') ?? null, call.text('from') ?? null]
    const mail = {
      secret,
      from: (name ?? address) === null ? null : { name, address },
      replyTo: call.text('reply-to') ?? null,
      connections: numberOf(call, 'connections'),
      dailyCap: numberOf(call, 'daily-cap'),
    }
    const configuration = secretNames.email.some((one) => one === secret) ? mail : { secret }
    return said(
      call,
      await proposeCandidate(depsOf(house), { configuration, by: await byOf(call, house) }),
      'It stands in the second slot; nothing leaves by it yet',
    )
  },
  check: async (call, house) => {
    const done = await checkCandidate(depsOf(house), { channel: channelOf(call), by: await byOf(call, house) })
    if (done.kind === 'refused') throw new RefusedError(done.why)
    answer(
      call,
      done.findings,
      done.findings.map(({ mark, what, evidence }) => `${mark}  ${what}. ${evidence}`),
    )
    return exit.done
  },
  test: async (call, house) => {
    const test = { channel: channelOf(call), to: call.text('to') ?? '', by: await byOf(call, house) }
    const done = await testCandidate(depsOf(house), test)
    if (done.kind !== 'sent') throw new RefusedError(done.why)
    return said(call, done, 'Sent: millrace ways-out code CODE, with the code that stands in it')
  },
  code: async (call, house, code) =>
    said(
      call,
      await proveCandidate(depsOf(house), { channel: channelOf(call), code, by: await byOf(call, house) }),
      'It arrived',
    ),
  switch: async (call, house) => {
    const channel = channelOf(call)
    const seen = (await candidateNow(house.db, house.ways, channel))?.hash ?? ''
    const word = { channel, seen, by: await byOf(call, house), reason: call.text('reason') ?? '' }
    return said(call, await switchWay(depsOf(house), word), 'Switched: the next claim leaves by it; the same goes back')
  },
}

function channelOf(call: Call): ChannelName {
  const name = call.text('channel') ?? 'email'
  const channel = configured.find((one) => one === name)
  if (channel === undefined) throw new UsageError(`--channel is one of ${configured.join(', ')}`)
  return channel
}

const byOf = (call: Call, house: House) => personOf(house, call.text('as'))

const numberOf = (call: Call, option: string): number | null => {
  const text = call.text(option)
  return text === undefined ? null : Number(text)
}

function said(call: Call, done: { kind: string; why?: string }, words: string): number {
  if (done.kind === 'refused') throw new RefusedError(done.why ?? '')
  answer(call, done, [words])
  return exit.done
}

async function tell(call: Call, { db, ways }: House): Promise<number> {
  const set = configured.filter((channel) => channel === 'email' || secretsOf(ways, channel).length > 0)
  const slots = await Promise.all(
    set.map(async (channel) => {
      const live = await liveConfiguration(db, ways, channel)
      const candidate = await candidateNow(db, ways, channel)
      const second = candidate && {
        configuration: candidate.configuration,
        missing: candidate.missing,
        provedBy: candidate.provedBy,
      }
      return { channel, live, second }
    }),
  )
  answer(call, slots, slots.flatMap(({ channel, live, second }) => [
    `${channel}, live: ${live ? inWords(live.configuration) : 'none: set SMTP_URL or RESEND_API_KEY'}`,
    ...(second ? [
      `${channel}, second slot: ${inWords(second.configuration)}${second.provedBy === 'was-live' ? ', was live before' : ''}`,
      ...second.missing.map((one) => `  before the switch: ${one}`),
    ] : []),
  ])) // prettier-ignore
  return exit.done
}

function inWords(configuration: Configuration): string {
  if (!isMail(configuration)) return configuration.secret
  const { secret, from, dailyCap } = configuration
  return [
    secret,
    ...(from ? [`from ${from.name} <${from.address}>`] : []),
    ...(dailyCap === null ? [] : [`${dailyCap} a day at most`]),
  ].join(', ')
}
