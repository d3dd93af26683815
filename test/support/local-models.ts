import { resolve } from 'node:path'
import { minilmEmbedder } from '#rag/embedders/minilm.ts'
import { isInstalled, miniLm, modelFolder } from '#rag/local-models.ts'

const models = resolve(process.env['MILLRACE_MODELS'] ?? '.millrace/models')

/** Whether tests of the installed model are skipped: it is not in MILLRACE_MODELS, and something may be skipped. */
export const noMiniLm = !isInstalled(models, miniLm) && process.env['MILLRACE_REQUIRE_ALL'] === undefined

/** The installed model (`millrace models install`). */
export const miniLmHere = () => minilmEmbedder({ dir: modelFolder(models, miniLm) })
