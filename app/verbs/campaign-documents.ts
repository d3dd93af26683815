import { readFile, stat } from 'node:fs/promises'
import { definitionOf } from '#campaigns/definition.ts'
import { checkDocument, checkForLaunch } from '#campaigns/definition/check.ts'
import { campaignSchema, writeDocument } from '#campaigns/definition/document.ts'
import { approveVersion, proposeVersion, versionNamed } from '#campaigns/launch/versions.ts'
import { userByEmail } from '#governance/access.ts'
import { liveRelease, releaseByHash } from '#governance/releases.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import type { Hash, UserId } from '#kernel/ids.ts'
import { answer, exit, pathOf, type Call } from '../verb.ts'
import { launchOf } from '../website.ts'
import { withHouse, type House } from '../wire.ts'

/** A campaign as JSON Schema, for editors and programs. */
export function tellSchema(call: Call): Promise<number> {
  call.print(JSON.stringify(campaignSchema(), null, 2))
  return Promise.resolve(exit.done)
}

/** Whether a file holds a campaign that could be approved; writes nothing. */
export const checkFile = (call: Call, path: string): Promise<number> =>
  withHouse(call.config, async (house) => {
    const read = await checkForLaunch(launchOf(house), await textOf(call, path))
    const problems = read.kind === 'bad' ? read.problems : []
    const verdict = read.kind === 'bad' ? problems : ['Nothing speaks against it']
    answer(call, { problems, notices: read.notices }, [...verdict, ...read.notices])
    return read.kind === 'bad' ? exit.refused : exit.done
  })

/** Enters a campaign from a file as a version that waits for somebody's approval. */
export const importFile = (call: Call, path: string): Promise<number> =>
  withHouse(call.config, async (house) => {
    const by = await personOf(house, call.text('as'))
    const deps = launchOf(house)
    const read = await checkDocument(deps, await textOf(call, path))
    if (read.kind === 'bad') throw new RefusedError(read.problems.join('\n'))
    const proposed = await proposeVersion(deps, { definition: read.definition, by })
    if (proposed.kind === 'refused') throw new RefusedError(proposed.why)
    const { name } = read.definition
    answer(call, { campaign: name, releaseHash: proposed.releaseHash, notices: read.notices }, [
      ...read.notices,
      `${name}, version ${proposed.releaseHash.slice(0, 12)}, waits for approval:`,
      `  millrace campaign approve ${proposed.releaseHash} --as ADDRESS`,
    ])
    return exit.done
  })

/** Somebody's yes to an imported or edited version. */
export const approveImported = (call: Call, hash: string): Promise<number> =>
  withHouse(call.config, async (house) => {
    const by = await personOf(house, call.text('as'))
    const release = await releaseByHash(house.db, hash as Hash)
    if (!release) throw new UsageError('There is no such version: give the whole of what import printed')
    const typed = call.text('people')
    const people = typed === undefined ? {} : { people: Number(typed) }
    const launched = await approveVersion(launchOf(house), { releaseHash: release.hash, by, ...people })
    if (launched.kind === 'refused') throw new RefusedError(launched.why)
    answer(call, launched, [`Live: ${launched.campaign}, ${launched.plan.enrolled} people came in`])
    return exit.done
  })

/** The live version of a campaign, or the one that is named, as a file: YAML, or JSON with --json. */
export const exportCampaign = (call: Call, name: string): Promise<number> =>
  withHouse(call.config, async ({ db }) => {
    const version = call.text('version')
    const release = version === undefined ? await liveRelease(db, name) : await versionNamed(db, version)
    if (release?.name !== name)
      throw new UsageError(version === undefined ? `Nothing of "${name}" is live: name a version with --version` : `"${name}" has no version ${version}: give its first 12 digits, as its page shows them`) // prettier-ignore
    const definition = definitionOf(release)
    answer(call, definition, [writeDocument(definition).trimEnd()])
    return exit.done
  })

const mostBytes = 10_000_000

/** What a file says; one that is far too large is not even read. */
export async function textOf(call: Call, path: string): Promise<string> {
  const file = pathOf(call, path)
  const { size } = await stat(file).catch((fault: unknown) => {
    throw new UsageError(`There is no file ${path}`, { cause: fault })
  })
  if (size > mostBytes) throw new RefusedError(`${path} is larger than ${mostBytes / 1e6} MB: that is no campaign`)
  return readFile(file, 'utf8')
}

/** Whoever speaks, by their address. */
export async function personOf({ db }: House, address: string | undefined): Promise<UserId> {
  if (address === undefined) throw new UsageError('Who says so? --as ADDRESS')
  const user = await userByEmail(db, address)
  if (!user) throw new RefusedError('Nobody of this address may do this: add them with millrace sign-in ADDRESS')
  return user.id
}
