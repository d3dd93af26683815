import { userByEmail } from '#governance/access.ts'
import { whatsappDesk } from '#campaigns/whatsapp/desk.ts'
import type { WhatsAppAccount } from '#campaigns/whatsapp/meta.ts'
import { syncWhatsApp } from '#campaigns/whatsapp/sync.ts'
import { proposeTemplate } from '#campaigns/whatsapp/templates.ts'
import { whatsappNow } from '#campaigns/way-out/live.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

export const whatsapp: Verb = {
  name: 'whatsapp',
  about: 'WhatsApp: how number and templates stand with Meta, and proposing a template of approved copy',
  usage: [
    'whatsapp templates [--json]',
    'whatsapp sync [--json]',
    'whatsapp propose HASH --category marketing|utility --language CODE --as ADDRESS [--json]',
  ],
  takes: 2,
  options: { category: { type: 'string' }, language: { type: 'string' }, as: { type: 'string' } },
  explains: {
    category: 'what Meta is asked to take it as; marketing when left out',
    language: 'as Meta writes it: en, en_GB, nl; that of the copy when left out',
    as: 'the e-mail address of who proposes it',
  },
  run: (call) =>
    withHouse(call.config, async (house) => {
      const account = await whatsappNow(house.db, house.ways)
      if (account === null)
        throw new UsageError('WhatsApp is not set up: set WHATSAPP_TOKEN, WHATSAPP_ACCOUNT_ID and WHATSAPP_NUMBER_ID')
      const [what] = call.positionals
      if (what === 'sync') return sync(call, house, account)
      if (what === 'propose') return propose(call, house, account)
      if (what === undefined || what === 'templates') return tell(call, house, account)
      throw new UsageError(`whatsapp knows templates, sync and propose, not "${what}"`)
    }),
}

async function sync(call: Call, house: House, account: WhatsAppAccount): Promise<number> {
  const done = await syncWhatsApp({ ...house, zone: house.business.zone, whatsapp: account })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [
    `${done.templates} templates, the number’s quality is ${done.quality}.`,
    ...done.changed.map(
      ({ name, language, was, status, category }) =>
        `  ${name} (${language}): ${was ?? 'new'} → ${status}, ${category}`,
    ),
  ])
  return exit.done
}

async function tell(call: Call, { db, clock }: House, account: WhatsAppAccount): Promise<number> {
  const desk = await whatsappDesk({ db, clock }, account)
  const { number, stop, templates, proposable } = desk
  const lines = [
    number === null
      ? 'Meta was not asked about the number yet: millrace whatsapp sync'
      : `${number.shown}: ${number.status}, quality ${number.quality}, ${number.begun} of ${number.most ?? 'any number of'} people begun with in 24 hours`,
    ...(stop === null ? [] : [`Stopped: ${stop.why}`]),
    ...templates.map(({ name, language, status, category, quality, against }) => `${name} (${language}): ${status}, ${category}, quality ${quality}${against === null ? '' : `; ${against}`}`), // prettier-ignore
    ...proposable.map(({ contentHash, content, words }) => `to propose: ${contentHash.slice(0, 12)} “${content.subject.text}” for ${words}`), // prettier-ignore
  ]
  answer(call, desk, lines)
  return exit.done
}

async function propose(call: Call, house: House, account: WhatsAppAccount): Promise<number> {
  const [, start] = call.positionals
  const address = call.text('as')
  const user = address === undefined ? null : await userByEmail(house.db, address)
  if (!user) throw new UsageError('Who proposes it? --as ADDRESS')
  const { proposable } = await whatsappDesk(house, account)
  const copy = proposable.find(({ contentHash }) => start !== undefined && start.length >= 6 && contentHash.startsWith(start)) // prettier-ignore
  if (!copy)
    throw new UsageError('No approved copy without a template begins with this hash: millrace whatsapp templates')
  const { contentHash } = copy
  const asked = { contentHash, category: call.text('category') ?? 'marketing', language: call.text('language') ?? copy.language } // prettier-ignore
  const done = await proposeTemplate({ ...house, whatsapp: account }, { ...asked, by: user.id })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [`Proposed as ${done.name}: ${done.status}`])
  return exit.done
}
