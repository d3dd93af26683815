import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { installModel, isInstalled, type LocalModel } from '#rag/local-models.ts'

const weights = 'what a model weighs'
const model: LocalModel = {
  name: 'small',
  about: 'for a test',
  licence: 'none',
  wheel: 'none',
  files: [{ name: 'weights', bytes: weights.length, sha256: createHash('sha256').update(weights).digest('hex') }],
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'models-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

const put = (text: string) => (into: string) => writeFile(join(into, 'weights'), text)

describe('installing a model', () => {
  it('puts checked files in its folder, and does so again over what was there', async () => {
    const models = await folder()
    expect(isInstalled(models, model)).toBe(false)
    for (const _ of [1, 2]) {
      const installed = await installModel(models, model, put(weights))
      expect(isInstalled(models, model)).toBe(true)
      expect(await readFile(join(installed, 'weights'), 'utf8')).toBe(weights)
      expect(await readdir(models)).toEqual(['small'])
    }
  })

  it('installs nothing where a file is not the published one, is missing, or cannot be fetched', async () => {
    const models = await folder()
    const forged = put('what another weighs')
    await expect(installModel(models, model, forged)).rejects.toThrow(/weights is not the published file/)
    await expect(installModel(models, model, () => Promise.resolve())).rejects.toThrow('ENOENT')
    await expect(installModel(models, model, () => Promise.reject(new Error('no way')))).rejects.toThrow('no way')
    expect(await readdir(models)).toEqual([])
  })

  it('keeps what was installed where a newer try fails', async () => {
    const models = await folder()
    await installModel(models, model, put(weights))
    await expect(installModel(models, model, put('what another weighs'))).rejects.toThrow('not the published')
    expect(isInstalled(models, model)).toBe(true)
  })
})
