import { tellPeople, type TellSettings } from '../tell-people.ts'
import type { Looked } from './look.ts'

/**
 * Writes to everybody who may take a release back that one was taken back, or stopped. Asked twice it writes twice.
 * Returns how many were reached; the rollout's page says the same to those who were not.
 */
export function tellOfBreach(deps: TellSettings, { campaign, kind, why }: Looked): Promise<number> {
  const done =
    kind === 'rolled-back'
      ? 'The version before is live again; nobody is mailed twice.'
      : 'There is no version to go back to, so the campaign is held until somebody lifts it.'
  return tellPeople(deps, 'campaign.rollback', {
    subject: `${campaign}: ${kind === 'rolled-back' ? 'the new version was taken back' : 'held'}`,
    sentences: [`The new version of “${campaign}” was stopped in its rollout: ${why}.`, done],
    path: `/campaigns/${encodeURIComponent(campaign)}/rollout`,
  })
}
