import type { Survivorship } from '#ingest/identity/survivorship.ts'
import type { Queryable } from '#kernel/db.ts'
import * as content from './changes/content.ts'
import * as dealings from './changes/dealings.ts'
import * as people from './changes/people.ts'
import type { NodeKind } from './kinds.ts'
import type { Change, NodeRef } from './port.ts'
import * as contentRows from './queries/canonical-content.ts'
import * as dealingRows from './queries/canonical-dealings.ts'
import * as peopleRows from './queries/canonical-people.ts'
import type { Found, Page } from './queries/canonical.ts'

/**
 * What the canonical tables say of one kind of thing, page by page in the order of its ids: every thing that was
 * touched, with what is said of it now, or null when nobody speaks of it any more.
 */
export type Canon = { kind: NodeKind; read: (db: Queryable, page: Page) => Promise<Said[]> }
export type Said = { ref: NodeRef; change: Change | null }

const canon = <Row extends { key: string }>(
  kind: NodeKind,
  rows: (db: Queryable, page: Page) => Promise<Found<Row>[]>,
  change: (row: Row) => Change,
): Canon => ({
  kind,
  read: async (db, page) =>
    (await rows(db, page)).map((row) => ({
      ref: { kind, id: row.key },
      change: row.found === null ? null : change(row),
    })),
})

/**
 * Every kind that rows speak of; topics have none, and stand bare at the ends of edges. Ends of edges come before the
 * edges as a rule, and are bare until then otherwise.
 */
export const everyCanon = (rules: Survivorship): readonly Canon[] => [
  canon('document', contentRows.documents, content.documentChange),
  canon('chunk', contentRows.chunks, content.chunkChange),
  canon('product', contentRows.products, content.productChange),
  canon('fact', contentRows.facts, content.factChange),
  canon('offer', contentRows.offers, content.offerChange),
  canon('campaign', dealingRows.campaigns, dealings.campaignChange),
  canon('step', dealingRows.steps, dealings.stepChange),
  canon('message', dealingRows.messages, dealings.messageChange),
  canon('organisation', peopleRows.organisations, people.organisationChange),
  canon('segment', peopleRows.segments, people.segmentChange),
  // Before their identifiers: a bare person would be taken for one who is no visitor.
  canon('person', peopleRows.people, (row) => people.personChange(row, rules)),
  canon('identifier', peopleRows.identifiers, people.identifierChange),
  canon('order', dealingRows.orders, dealings.orderChange),
  canon('subscription', dealingRows.subscriptions, dealings.subscriptionChange),
  canon('event', dealingRows.events, dealings.eventChange),
  canon('consent', dealingRows.consents, dealings.consentChange),
]
