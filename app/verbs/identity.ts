import { UsageError } from '#kernel/errors.ts'
import type { Call, Verb } from '../verb.ts'
import { evaluateClusters } from './identity-evaluate.ts'
import { resolveFiles } from './identity-resolve.ts'

/** Those that work on the house's own people are loaded when they are asked for: the others open no data directory. */
const inHouse = (call: Call, what: 'resolveHouse' | 'trainHouse' | 'reviewHouse' | 'rollBackHouse'): Promise<number> =>
  import('./identity-house.ts').then((house) => house[what](call))

export const identity: Verb = {
  name: 'identity',
  about: 'Resolve records into people, the house’s own or those of any file; says what it refused to join, and why',
  usage: [
    'identity [--json]   resolves the house’s own records',
    'identity train [--json]   learns, without labels, what likeness of two profiles is worth here',
    'identity review [--json]   the pairs that wait for a person’s word',
    'identity rollback rules|linkage|survivorship [--to VERSION] [--reason WORDS] [--json]   the version before, and people by it',
    'identity resolve FILE [FILE] --out CLUSTERS [--map MAP] [--model MODEL] [--save-model MODEL] [--json]',
    'identity resolve FILE --explain A B   the weights of one pair',
    'identity evaluate CLUSTERS --truth FILE:column[:regex] [--json]',
  ],
  takes: 4,
  options: {
    out: { type: 'string' },
    map: { type: 'string' },
    model: { type: 'string' },
    'save-model': { type: 'string' },
    explain: { type: 'string' },
    truth: { type: 'string' },
    to: { type: 'string' },
    reason: { type: 'string' },
  },
  explains: {
    out: 'CSV or Parquet is read; record_id,cluster_id,probability_band is written here',
    map: 'JSON of what each column holds (docs/identity-map.schema.json); without it columns are guessed',
    model: 'a trained model to use instead of learning anew',
    'save-model': 'where to keep the model that was learned',
    explain: 'two record ids: why they are, or are not, one person',
    truth: 'FILE:column[:regex], the first group of the regex being the person',
    to: 'the whole hash of a version that was live before',
    reason: 'kept in the audit chain',
  },
  run: (call) => {
    const [what, file] = call.positionals
    if (what === undefined || (what === 'resolve' && file === undefined)) return inHouse(call, 'resolveHouse')
    if (what === 'resolve') return resolveFiles(call)
    if (what === 'evaluate') return evaluateClusters(call)
    if (what === 'train') return inHouse(call, 'trainHouse')
    if (what === 'review') return inHouse(call, 'reviewHouse')
    if (what === 'rollback') return inHouse(call, 'rollBackHouse')
    throw new UsageError(`"${what}" is nothing identity does: resolve, train, review, rollback or evaluate`)
  },
}
