import type { Verb } from './verb.ts'
import { approve } from './verbs/approve.ts'
import { audit } from './verbs/audit.ts'
import { campaign } from './verbs/campaign.ts'
import { corpus } from './verbs/corpus.ts'
import { demo } from './verbs/demo.ts'
import { doctor } from './verbs/doctor.ts'
import { generate } from './verbs/generate.ts'
import { graph } from './verbs/graph.ts'
import { identity } from './verbs/identity.ts'
import { ingest } from './verbs/ingest.ts'
import { report } from './verbs/report.ts'
import { rollback } from './verbs/rollback.ts'
import { signIn } from './verbs/sign-in.ts'
import { start } from './verbs/start.ts'
import { worker } from './verbs/worker.ts'

/** Every verb, in the order data flows. */
export const verbs: readonly Verb[] = [
  demo, start, worker, ingest, identity, graph, corpus, generate, approve, campaign, rollback, report, signIn, audit, doctor,
] // prettier-ignore
