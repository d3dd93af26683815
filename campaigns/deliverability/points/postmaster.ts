import { listReleases } from '#governance/releases.ts'
import { selectCounts } from '../../queries/deliverability-reputation.ts'
import { fail, unknown } from '../finding.ts'
import { providerWords } from '../mailbox-provider.ts'
import type { Point } from '../point.ts'

const weekMs = 7 * 24 * 3_600_000

/** What the providers' own pages say is not read here; what was told to this house can still be bad enough. */
export const postmaster: Point = {
  id: 'postmaster',
  what: 'The providers think well of the domain',
  outside: true,
  run: async ({ db, clock, domain }) => {
    const campaigns = [...new Set((await listReleases(db)).map(({ name }) => name))]
    const since = new Date(clock().getTime() - weekMs)
    const counts = await selectCounts(db, { domain, channel: 'email', campaigns, since, forgiving: false })
    const bad = counts.filter(({ sent, complained }) => complained >= 3 && complained / sent >= 0.003)
    if (bad.length > 0) {
      const list = bad.map(({ provider, sent, complained }) => `${complained} of ${sent} at ${providerWords(provider)}`)
      return fail(`Complaints of the last 7 days: ${list.join(', ')}.`, 'Stop, and begin the way back: Reputation.')
    }
    return unknown(
      'Google Postmaster Tools, Yahoo Sender Hub and Microsoft SNDS are not connected.',
      'Look there yourself: a complaint rate below 0.1 % is good, from 0.3 % on mail is refused.',
    )
  },
}
