import { readDocument } from '#campaigns/definition/document.ts'
import { definitionOf, type CampaignDefinition } from '#campaigns/definition.ts'
import { dryRun, type DryLine, type DryRun } from '#campaigns/rehearsal/dry-run.ts'
import { enterList, listInWords } from '#campaigns/entries/enter.ts'
import { migrate, planMigration, type MovePlan } from '#campaigns/journeys/migrate.ts'
import { knownVersion, versionNamed } from '#campaigns/launch/versions.ts'
import { campaignsOf, personNamed, whyPerson } from '#campaigns/why.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call } from '../verb.ts'
import { launchOf } from '../website.ts'
import { withHouse, type House } from '../wire.ts'
import { personOf, textOf } from './campaign-documents.ts'

/** What would happen in the next days, by a clock of its own; writes nothing. */
export const dryRunCampaign = (call: Call, name: string): Promise<number> =>
  withHouse(call.config, async (house) => {
    const definition = await definitionAt(call, house, name)
    const input = { from: house.clock(), days: wholeOf(call, 'days', 30), people: wholeOf(call, 'people', 20) }
    const run = await dryRun({ ...house, zone: house.business.zone }, definition, input)
    answer(call, run, dryLines(run))
    return exit.done
  })

async function definitionAt(call: Call, house: House, name: string): Promise<CampaignDefinition> {
  const known = /\.(ya?ml|json)$/.test(name) ? null : ((await knownVersion(house.db, name)) ?? (await versionNamed(house.db, name))) // prettier-ignore
  if (known) return definitionOf(known)
  const read = await readDocument(launchOf(house), await textOf(call, name))
  if (read.kind === 'bad') throw new RefusedError(read.problems.join('\n'))
  return read.definition
}

function wholeOf(call: Call, option: string, otherwise: number): number {
  const value = Number(call.text(option) ?? otherwise)
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`--${option} is a whole number from 1`)
  return value
}

function dryLines({ audience, entering, people, steps, until, untold }: DryRun): string[] {
  return [
    `${audience} people are in its audience now, ${entering} come in until ${shown(until)}; what would happen to ${people.length} of them:`,
    ...untold.map((line) => `  ${line}.`),
    ...steps.flatMap(({ stepKey, sent, notSent }) => [
      `  ${stepKey}: ${sent} sent`,
      ...notSent.map(({ why, count }) => `    ${count} not: ${why}`),
    ]),
    ...people.flatMap(({ address, lines }) => ['', address, ...lines.map(dryLine)]),
  ]
}

const dryLine = ({ at, stepKey, words }: DryLine): string => `  ${shown(at)}  ${stepKey}: ${words}`
const shown = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** Shows who would move where; with --yes, moves them. */
export const migrateCampaign = (call: Call, name: string): Promise<number> =>
  withHouse(call.config, async (house) => {
    const plan = await planMigration(house.db, name)
    if (plan.kind === 'refused') throw new RefusedError(plan.why)
    if (!call.flag('yes')) {
      answer(call, plan, plan.moves.length === 0 ? ['Everybody on their way is on the live version'] : [...plan.moves.map(moveLine), 'With --yes --as ADDRESS they move']) // prettier-ignore
      return exit.done
    }
    const by = await personOf(house, call.text('as'))
    const moved = await migrate(house, { campaign: name, to: plan.to, by })
    if (moved.kind === 'refused') throw new RefusedError(moved.why)
    answer(call, moved, [...plan.moves.map(moveLine), `${moved.people} people moved`])
    return exit.done
  })

const moveLine = ({ from, stepKey, people, to }: MovePlan): string =>
  `${people} people at ${stepKey} of ${from.slice(0, 12)} ${to === null ? 'stay: the live version has no such step' : `go to ${to}`}`

/** The story of one person in every campaign they were in. */
export const whyEverywhere = (call: Call, person: string): Promise<number> =>
  withHouse(call.config, async ({ db }) => {
    const personId = await personNamed(db, person)
    if (!personId) throw new UsageError('Nobody of this id, e-mail address or phone number is known')
    const stories: Record<string, unknown> = {}
    const words: string[] = []
    for (const campaign of await campaignsOf(db, personId)) {
      const story = await whyPerson(db, campaign, personId)
      stories[campaign] = story
      words.push(`${campaign}: ${story.words}`)
    }
    answer(call, stories, words.length === 0 ? ['They were in no campaign'] : words)
    return exit.done
  })

/** Lets the people of a list of addresses in, one on a line, where the audience selects them too. */
export const enrolList = (call: Call, name: string): Promise<number> =>
  withHouse(call.config, async (house) => {
    const path = call.text('list')
    if (path === undefined) throw new UsageError('Whom? --list FILE, an e-mail address on each line')
    const address = call.text('as')
    const by = address === undefined ? 'millrace' : await personOf(house, address)
    const done = await enterList(house, { campaign: name, text: await textOf(call, path), by })
    if (done.kind === 'refused') throw new RefusedError(done.why)
    answer(call, done, [listInWords(done)])
    return exit.done
  })
