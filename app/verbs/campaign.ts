import { campaignReleases } from '#campaigns/content/copy.ts'
import { campaignProgress, channelLines } from '#campaigns/progress.ts'
import { personNamed, whyPerson } from '#campaigns/why.ts'
import { UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'
import { approveImported, checkFile, exportCampaign, importFile, tellSchema } from './campaign-documents.ts'
import { holdByHand, liftOne, tellHolds } from './campaign-holds.ts'
import { dryRunCampaign, enrolList, migrateCampaign, whyEverywhere } from './campaign-journeys.ts'
import { heldOf, unknownOf } from './campaign-undecided.ts'

/** Words before a campaign's name, a file or a version, and what each does. */
const onOne: Readonly<Record<string, { of: string; run: (call: Call, what: string) => Promise<number> }>> = {
  hold: { of: 'NAME --reason WORDS', run: holdByHand },
  lift: { of: 'NAME --reason WORDS --as ADDRESS --seen VERSION', run: liftOne },
  held: { of: 'NAME', run: heldOf },
  unknown: { of: 'NAME', run: unknownOf },
  check: { of: 'FILE', run: checkFile },
  import: { of: 'FILE --as ADDRESS', run: importFile },
  approve: { of: 'VERSION --as ADDRESS', run: approveImported },
  export: { of: 'NAME', run: exportCampaign },
  'dry-run': { of: 'NAME, a version or a file', run: dryRunCampaign },
  migrate: { of: 'NAME', run: migrateCampaign },
  enrol: { of: 'NAME --list FILE', run: enrolList },
  why: { of: 'PERSON', run: whyEverywhere },
}

export const campaign: Verb = {
  name: 'campaign',
  about: 'How campaigns stand and what holds them; --why tells the story of one person',
  usage: [
    'campaign [NAME] [--json]',
    'campaign NAME --why PERSON [--json]',
    'campaign holds [NAME] [--json]',
    'campaign hold NAME --reason WORDS [--json]',
    'campaign lift NAME --reason WORDS --as ADDRESS --seen VERSION [--json]',
    'campaign held NAME [--word plan-again --of ID|REASON --reason WORDS --as ADDRESS] [--json]',
    'campaign unknown NAME [--word leave|arrived|send-again --of ID|REASON --reason WORDS --as ADDRESS] [--json]',
    'campaign schema',
    'campaign check FILE [--json]',
    'campaign import FILE --as ADDRESS [--json]',
    'campaign approve VERSION --as ADDRESS [--people N] [--json]',
    'campaign export NAME [--version VERSION] [--json]',
    'campaign dry-run NAME|VERSION|FILE [--days 30] [--people 20] [--json]',
    'campaign migrate NAME [--yes --as ADDRESS] [--json]',
    'campaign enrol NAME --list FILE [--json]',
    'campaign why PERSON [--json]',
  ],
  takes: 2,
  options: {
    why: { type: 'string' },
    reason: { type: 'string' },
    as: { type: 'string' },
    seen: { type: 'string' },
    version: { type: 'string' },
    word: { type: 'string' },
    of: { type: 'string' },
    people: { type: 'string' },
    days: { type: 'string' },
    list: { type: 'string' },
    yes: { type: 'boolean' },
  },
  explains: {
    why: 'a person’s id, e-mail address or phone number: what was sent to them, what was not, by which rule',
    reason: 'why it is held, or may go on; kept in its history',
    seen: 'what you read of the hold that is lifted: as campaign holds printed it',
    version: 'of an export: its first 12 digits; the live one unless told',
    word: 'what to do with messages that are held, or of an unknown end',
    of: 'which of them: the id of one, or the reason of all of its kind',
    as: 'the e-mail address of whoever says so: to lift a hold or approve, they must be one who may',
    people: 'of a dry run: how many people it tells of; of an approval: the number typed where it goes to everybody',
    days: 'how far a dry run looks ahead',
    list: 'a file of e-mail addresses, one on each line',
    yes: 'do it, and not only show it',
  },
  run: (call) => {
    const [first, second] = call.positionals
    if (first === 'holds') return tellHolds(call, second ?? null)
    if (first === 'schema') return tellSchema(call)
    const action = first !== undefined && Object.hasOwn(onOne, first) ? onOne[first] : undefined
    if (action) {
      if (second === undefined) throw new UsageError(`What of? millrace campaign ${first} ${action.of}`)
      return action.run(call, second)
    }
    if (second !== undefined)
      throw new UsageError(
        `campaign takes one name, or one of holds, schema, ${Object.keys(onOne).join(', ')} before it`,
      )
    return tellCampaign(call, first)
  },
}

async function tellCampaign(call: Call, name: string | undefined): Promise<number> {
  const whom = call.text('why')
  if (whom !== undefined && !/[@+]|^[0-9a-f-]{36}$/.test(whom))
    throw new UsageError('--why takes a person’s id, e-mail address, or phone number such as +31612345678')
  if (whom !== undefined && name === undefined)
    throw new UsageError('Why in which campaign? millrace campaign NAME --why PERSON')
  return withHouse(call.config, async (house) => {
    const names = await campaignNames(house)
    if (name === undefined) answer(call, names, names)
    else if (!names.includes(name))
      throw new UsageError(`There is no campaign "${name}". Campaigns: ${names.join(', ') || 'none yet'}`)
    else if (whom !== undefined) await tellWhy(call, house, name, whom)
    else await tellProgress(call, house, name)
    return exit.done
  })
}

async function campaignNames({ db }: House): Promise<string[]> {
  const campaigns = await campaignReleases(db)
  return [...new Set(campaigns.map((release) => release.name))]
}

async function tellWhy(call: Call, house: House, name: string, whom: string): Promise<void> {
  const personId = await personNamed(house.db, whom)
  if (!personId) throw new UsageError('Nobody of this id, e-mail address or phone number is known')
  const story = await whyPerson(house.db, name, personId)
  answer(call, story, [story.words])
}

async function tellProgress(call: Call, house: House, name: string): Promise<void> {
  const progress = await campaignProgress(house, name)
  const states = Object.entries(progress.states).map(([state, n]) => `${n} ${state}`)
  answer(call, progress, [
    `${name}: ${progress.enrolled} enrolled; ${states.join(', ') || 'nothing planned'}`,
    ...(progress.sending.kind === 'stopped' ? [`  ${progress.sending.why}`] : []),
    ...channelLines(progress).map((line) => `  ${line}`),
    ...progress.reasons.map((reason) => `  ${reason.count} ${reason.state}: ${reason.reason}`),
    ...progress.reactions.map(
      (reaction) => `  ${reaction.kind}: ${reaction.people} by people, ${reaction.machines} by machines only`,
    ),
  ])
}
