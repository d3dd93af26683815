import type { ChunkId, DocumentId, FactId } from '#kernel/ids.ts'
import { draftOf, type ComposedBody, type DraftBody, type DraftRequest, type Evidence } from '#rag/draft.ts'
import { compose } from '#rag/models/offline/compose.ts'

const at = new Date('2026-10-01T00:00:00Z')
let born = 0
const id = (): string => `01931f6e-0000-7000-8000-${String((born += 1)).padStart(12, '0')}`

export const fact = (name: string, text: string, more: Partial<Evidence> = {}): Evidence => ({
  id: name,
  citation: { kind: 'fact', factId: id() as FactId },
  text,
  validFrom: at,
  validTo: null,
  ...more,
})

export const chunk = (name: string, title: string, text: string, more: Partial<Evidence> = {}): Evidence => ({
  id: name,
  citation: { kind: 'span', chunkId: id() as ChunkId, documentId: id() as DocumentId, startByte: 0, endByte: Buffer.byteLength(text), quote: text },
  text,
  title,
  validFrom: at,
  validTo: null,
  ...more,
}) // prettier-ignore

const shop = 'https://spoke.example'

/** A bicycle workshop: services and parts with prices, a page of advice, opening hours. */
export const bicycles: readonly Evidence[] = [
  fact('F1', 'Spring Service costs €79.00.', { subject: 'product:SVC-1', predicate: 'price', title: 'Spring Service', url: `${shop}/spring-service` }),
  fact('F2', 'Spring Service: brakes, gears and both wheels, done in one working day.', { subject: 'product:SVC-1', predicate: 'description', title: 'Spring Service' }),
  fact('F3', 'Full Overhaul costs €189.00.', { subject: 'product:SVC-2', predicate: 'price', title: 'Full Overhaul', url: `${shop}/full-overhaul` }),
  fact('F4', 'Winter Tyre 28 costs €34.50 a piece.', { subject: 'product:TYR-28', predicate: 'price', title: 'Winter Tyre 28', url: `${shop}/winter-tyre-28` }),
  fact('F5', 'Winter Tyre 26 costs €32.50 a piece.', { subject: 'product:TYR-26', predicate: 'price', title: 'Winter Tyre 26' }),
  fact('F6', 'Winter Tyre 26 is out of stock.', { subject: 'product:TYR-26', predicate: 'stock', title: 'Winter Tyre 26' }),
  fact('F7', 'Repair Evening takes place on 3 December 2026, 19:00–21:00.', { subject: 'workshop:repair-evening/2026-12-03', predicate: 'starts-at' }),
  fact('F9', 'Repair Evening takes place on 5 November 2026, 19:00–21:00.', { subject: 'workshop:repair-evening/2026-11-05', predicate: 'starts-at' }),
  fact('F10', 'Repair Evening takes place on 3 September 2026, 19:00–21:00.', { subject: 'workshop:repair-evening/2026-09-03', predicate: 'starts-at' }),
  fact('F11', 'Delivery to Belgium costs €6.50.', { subject: 'delivery:belgium', predicate: 'price' }),
  fact('F8', 'Repair Evening costs €15.00 a person.', { subject: 'workshop:repair-evening', predicate: 'price', title: 'Repair Evening', url: `${shop}/repair-evening` }),
  chunk('C1', 'Looking after a chain', 'A clean chain lasts about twice as long as a dirty one. Wipe it with a dry cloth every week, and put on one drop of oil for each link. **Never** use grease!\n\n| Oil | Price |\n|---|---|\n| Wet | €9 |\n\nThis takes five minutes. [Read more](https://spoke.example/chain).', { url: `${shop}/advice/chain` }),
  chunk('C2', 'Riding in winter', 'Winter tyres grip on wet leaves and on frost, because their rubber stays soft below seven degrees. You can feel the difference in the first corner. Ours used to cost €29.00 until the summer.'),
  chunk('C3', 'Repair evenings', 'On a repair evening you bring your own bicycle and we lend you the tools. You learn to mend a puncture, to set brakes and to clean a drivetrain. Is it hard? It is not.'),
  chunk('C4', 'Questions', 'Yes, with pleasure. You can leave your bicycle with us from Tuesday to Saturday, and we send you a message when it is ready.'),
] // prettier-ignore

/** A bakery with next to nothing written down. */
export const bakery: readonly Evidence[] = [
  fact('F1', 'Rye Sourdough costs £4.20.', { subject: 'product:RYE', predicate: 'price', title: 'Rye Sourdough' }),
]

export const asking = (more: {
  goal: string
  segment?: string
  description?: string
  evidence?: readonly Evidence[]
  forbidden?: string[]
  links?: DraftRequest['links']
  revise?: DraftRequest['revise']
}): DraftRequest => ({
  brief: {
    goal: more.goal,
    segment: { name: more.segment ?? 'Everybody', ...(more.description !== undefined && { description: more.description }) },
    channel: 'email',
  },
  business: { name: 'Spoke & Wheel', site: shop },
  brand: { voice: 'plain', forbidden: more.forbidden ?? [] },
  evidence: [...(more.evidence ?? bicycles)],
  links: more.links ?? [],
  ...(more.revise && { revise: more.revise }),
}) // prettier-ignore

/** What the offline composer writes; fails where it says why not. */
export function written(request: DraftRequest): ComposedBody {
  const composed = compose(request)
  if (composed.kind !== 'composed') throw new Error(composed.why)
  return composed.body
}

export const draft = (request: DraftRequest): DraftBody => draftOf(written(request), request.evidence)

/** What people ask of the bicycle shop. */
export const goals = [
  'Win back riders who have not come for a year before winter',
  'Invite customers to the repair evening',
  'Sell winter tyres to people who ride to work',
  'Explain how to look after a chain',
  'Remind customers of the spring service',
  'Thank our customers',
  'Ask for feedback on the last repair',
]
