import type { Verb } from './verb.ts'

/** Every verb, in the order data flows. One is loaded when it is asked for: the tools on files need no house. */
const loaders: Readonly<Record<string, () => Promise<Verb>>> = {
  demo: () => import('./verbs/demo.ts').then((file) => file.demo),
  start: () => import('./verbs/start.ts').then((file) => file.start),
  worker: () => import('./verbs/worker.ts').then((file) => file.worker),
  ingest: () => import('./verbs/ingest.ts').then((file) => file.ingest),
  identity: () => import('./verbs/identity.ts').then((file) => file.identity),
  segments: () => import('./verbs/segments.ts').then((file) => file.segments),
  graph: () => import('./verbs/graph.ts').then((file) => file.graph),
  scores: () => import('./verbs/scores.ts').then((file) => file.scores),
  models: () => import('./verbs/models.ts').then((file) => file.models),
  retrieve: () => import('./verbs/retrieve.ts').then((file) => file.retrieve),
  check: () => import('./verbs/check.ts').then((file) => file.check),
  intents: () => import('./verbs/intents.ts').then((file) => file.intents),
  redact: () => import('./verbs/redact.ts').then((file) => file.redact),
  facts: () => import('./verbs/facts.ts').then((file) => file.facts),
  brand: () => import('./verbs/brand.ts').then((file) => file.brand),
  corpus: () => import('./verbs/corpus.ts').then((file) => file.corpus),
  generate: () => import('./verbs/generate.ts').then((file) => file.generate),
  evaluate: () => import('./verbs/evaluate.ts').then((file) => file.evaluate),
  writer: () => import('./verbs/writer.ts').then((file) => file.writer),
  router: () => import('./verbs/router.ts').then((file) => file.router),
  privacy: () => import('./verbs/privacy.ts').then((file) => file.privacy),
  agents: () => import('./verbs/agents.ts').then((file) => file.agents),
  limits: () => import('./verbs/limits.ts').then((file) => file.limits),
  approve: () => import('./verbs/approve.ts').then((file) => file.approve),
  campaign: () => import('./verbs/campaign.ts').then((file) => file.campaign),
  switches: () => import('./verbs/switches.ts').then((file) => file.switches),
  'ways-out': () => import('./verbs/ways-out.ts').then((file) => file.waysOut),
  tokens: () => import('./verbs/tokens.ts').then((file) => file.tokens),
  schedule: () => import('./verbs/schedule.ts').then((file) => file.schedule),
  inbound: () => import('./verbs/inbound.ts').then((file) => file.inbound),
  channels: () => import('./verbs/channels.ts').then((file) => file.channels),
  whatsapp: () => import('./verbs/whatsapp.ts').then((file) => file.whatsapp),
  audiences: () => import('./verbs/audiences.ts').then((file) => file.audiences),
  pages: () => import('./verbs/pages.ts').then((file) => file.pages),
  preflight: () => import('./verbs/preflight.ts').then((file) => file.preflight),
  experiment: () => import('./verbs/experiment.ts').then((file) => file.experiment),
  rollout: () => import('./verbs/rollout.ts').then((file) => file.rollout),
  rollback: () => import('./verbs/rollback.ts').then((file) => file.rollback),
  report: () => import('./verbs/report.ts').then((file) => file.report),
  'sign-in': () => import('./verbs/sign-in.ts').then((file) => file.signIn),
  audit: () => import('./verbs/audit.ts').then((file) => file.audit),
  doctor: () => import('./verbs/doctor.ts').then((file) => file.doctor),
}

export const verbNames: readonly string[] = Object.keys(loaders)

/** The verb of a name, or null where there is none. */
export const loadVerb = async (name: string): Promise<Verb | null> => (await loaders[name]?.()) ?? null

/** All of them, for whoever lists them. */
export const allVerbs = (): Promise<Verb[]> => Promise.all(Object.values(loaders).map((load) => load()))
