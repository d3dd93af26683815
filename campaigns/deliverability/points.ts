import type { Point } from './point.ts'
import { alignment } from './points/alignment.ts'
import { blocklists } from './points/blocklists.ts'
import { complaintFeeds } from './points/complaint-feeds.ts'
import { consent } from './points/consent.ts'
import { content } from './points/content.ts'
import { dkim } from './points/dkim.ts'
import { dmarc } from './points/dmarc.ts'
import { keeping } from './points/keeping.ts'
import { listUnsubscribe } from './points/list-unsubscribe.ts'
import { oneClick } from './points/one-click.ts'
import { telegram } from './points/telegram.ts'
import { postmaster } from './points/postmaster.ts'
import { reverseDns } from './points/reverse-dns.ts'
import { senderAddress } from './points/sender-address.ts'
import { spf } from './points/spf.ts'
import { suppression } from './points/suppression.ts'
import { transportSecurity } from './points/transport-security.ts'
import { warmUp } from './points/warm-up.ts'
import { webhooks } from './points/webhooks.ts'
import { whatsappPoints } from './points/whatsapp.ts'

/** What must pass before a domain with a bad name begins again. */
export const authentication: readonly Point[] = [spf, dkim, dmarc, alignment]

const ofMail: readonly Point[] = [
  ...authentication,
  reverseDns,
  transportSecurity,
  senderAddress,
  listUnsubscribe,
  oneClick,
  complaintFeeds,
  postmaster,
  blocklists,
  warmUp,
]

/** The 24 points, in the order they are read in. */
export const points: readonly Point[] = [
  ...ofMail.map((point) => ({ ...point, channels: ['email'] as const })),
  suppression,
  consent,
  content,
  ...whatsappPoints,
  webhooks,
  telegram,
  ...keeping,
]
