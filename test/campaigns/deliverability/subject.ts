import type { Db } from '#kernel/db.ts'
import { openDns } from '#campaigns/deliverability/dns.ts'
import type { PreflightSettings, Subject } from '#campaigns/deliverability/point.ts'
import { aClock, linksKey, sender } from '../world.ts'

/** A house that tries things out: its mail goes to a sink of its own, and so do its texts. */
export const trying = (change: Partial<PreflightSettings> = {}): PreflightSettings => ({
  dns: openDns({ servers: ['127.0.0.1:1'], timeoutMs: 100, tries: 1 }),
  outlet: { kind: 'sink', at: '127.0.0.1:2525' },
  links: { publicUrl: 'https://desk.alder.example', key: linksKey },
  zone: 'Europe/Amsterdam',
  selectors: [],
  sendingAddress: null,
  ownHosts: ['shop.example'],
  webhooks: [],
  sinks: ['whatsapp', 'sms', 'telegram'],
  fetch: () => Promise.reject(new Error('nobody answers')),
  ...change,
})

export const aSubject = (db: Db, change: Partial<Subject> = {}): Subject => ({
  ...trying(),
  db,
  clock: aClock(),
  members: () => Promise.resolve([]),
  sender,
  domain: 'alder.example',
  definition: null,
  received: null,
  ...change,
})
