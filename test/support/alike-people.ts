import type { Db } from '#kernel/db.ts'
import type { Clock } from '#kernel/clock.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { pointAt, register } from '#kernel/versions.ts'
import { linkageName } from '#ingest/identity/linkage.ts'
import { resolveIdentities, type IdentityDeps } from '#ingest/identity/resolve.ts'
import { field } from '#ingest/linkage/fields.ts'
import { linkageModel, type LinkageModel } from '#ingest/linkage/model.ts'
import { known, type SaidOf } from '../ingest/identity-support.ts'

const none = { total: 1000, rest: 10, counts: {} }

/** A small model of linkage: what names, birthdays, addresses and cities that agree are worth. */
const model: LinkageModel = linkageModel.parse({
  version: 1,
  fields: ['given', 'family', 'dob', 'email', 'city'].map((name) => field(name, [name])),
  m: [
    [0.7, 0.02, 0.05, 0.03, 0.08, 0.06, 0.02, 0.04],
    [0.8, 0.02, 0.03, 0.08, 0.04, 0.03],
    [0.8, 0.1, 0.05, 0.02, 0.03],
    [0.45, 0.1, 0.2, 0.25],
    [0.6, 0.1, 0.05, 0.25],
  ],
  u: [
    [0.01, 0.001, 0.01, 0.005, 0.01, 0.04, 0.05, 0.875],
    [0.01, 0.001, 0.005, 0.01, 0.05, 0.924],
    [0.0005, 0.003, 0.03, 0.02, 0.9465],
    [0.0005, 0.001, 0.01, 0.9885],
    [0.1, 0.01, 0.05, 0.84],
  ],
  priors: { match: 0.0005, relative: 0.0005, neighbour: 0.001 },
  terms: [none, none, none, none, none],
  rules: [[{ field: 'family', part: 'sound' }], [{ field: 'dob', part: 'value' }], [{ field: 'email', part: 'user' }]],
  bands: { merge: 12, review: -4 },
  trained: { records: 1000, pairs: 10_000 },
})

/** Releases the model, so that likeness counts from the next resolution on. */
export async function releaseLinkage(deps: { db: Db; clock: Clock }): Promise<void> {
  const author = { clock: deps.clock, by: 'test' }
  await deps.db.transaction(async (tx) => {
    const hash = await register(tx, author, 'identity', linkageName, model)
    await pointAt(tx, author, 'identity', linkageName, hash, 'test')
  })
}

/** Pairs of one likeness each, the clearest first; and somebody who is one person by rule. */
export const alikePeople: readonly SaidOf[] = [
  { id: 'hubspot:11', given: 'Katharina', family: 'de Vries', born: '1984-03-12', email: 'katharina@devries.example', city: 'Utrecht', claims: ['email:katharina@devries.example'] },
  { id: 'shopify:12', given: 'Catharina', family: 'de Vries', born: '1984-03-21', email: 'k.devries@post.example', city: 'Utrecht', claims: ['email:k.devries@post.example'] },
  { id: 'hubspot:21', given: 'Thomas', family: 'Bakker', email: 'thomas.bakker@work.example', city: 'Delft', claims: ['email:thomas.bakker@work.example'] },
  { id: 'shopify:22', given: 'Thomas', family: 'Bakker', email: 'thomas.bakker@home.example', city: 'Den Haag', claims: ['email:thomas.bakker@home.example'] },
  { id: 'hubspot:31', given: 'Ingrid', family: 'Smit', email: 'ingrid@smit.example', city: 'Breda', claims: ['email:ingrid@smit.example'] },
  { id: 'stripe:32', given: 'I.', family: 'Smit', email: 'smit@bakery.example', city: 'Breda', claims: ['email:smit@bakery.example'] },
  { id: 'hubspot:41', given: 'Joost', family: 'Kok', email: 'joost@kok.example', phone: '+31612345670', city: 'Arnhem', claims: ['email:joost@kok.example', 'phone:+31612345670'] },
  { id: 'stripe:42', given: 'Joost', family: 'Kok', email: 'joost@kok.example', claims: ['email:joost@kok.example'] },
] // prettier-ignore

/** People of whom three pairs wait for somebody's word. Returns the id of each identifier, by `kind:value`. */
export async function addAlikePeople(deps: IdentityDeps): Promise<Map<string, IdentifierId>> {
  await releaseLinkage(deps)
  const ids = await known(deps.db, deps.clock, ...alikePeople)
  await resolveIdentities(deps, { by: 'millrace' })
  return ids
}
