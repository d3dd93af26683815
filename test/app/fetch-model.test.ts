import { createServer } from 'node:http'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fromPath, fromUrl } from '#app/fetch-model.ts'
import type { LocalModel } from '#rag/local-models.ts'

const model: LocalModel = {
  name: 'small',
  about: 'for a test',
  licence: 'none',
  wheel: 'none',
  files: ['weights', 'words.txt'].map((name) => ({ name, bytes: 1, sha256: '' })),
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fetch-model-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

describe('a model', () => {
  it('comes from a folder, however deep its files are', async () => {
    const [from, into] = [await folder(), await folder()]
    await mkdir(join(from, 'a/b'), { recursive: true })
    await writeFile(join(from, 'a/b/weights'), 'heavy')
    await writeFile(join(from, 'a/words.txt'), 'light')
    await fromPath(from)(model, into)
    expect(await readdir(into)).toEqual(['weights', 'words.txt'])
    expect(await readFile(join(into, 'weights'), 'utf8')).toBe('heavy')
  })

  it('names the file that a folder lacks', async () => {
    await expect(fromPath(await folder())(model, await folder())).rejects.toThrow(/has no weights: it belongs to small/)
  })

  it('comes from a server that has its files beside each other, or says what the server answered', async () => {
    const server = createServer((request, response) => {
      const known = request.url === '/model/weights' || request.url === '/model/words.txt'
      response.writeHead(known ? 200 : 404).end(request.url)
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const into = await folder()
    await fromUrl(`${base}/model/`)(model, into)
    expect(await readFile(join(into, 'words.txt'), 'utf8')).toBe('/model/words.txt')
    await expect(fromUrl(base)(model, into)).rejects.toThrow(/answered 404: check --url/)
  })
})
