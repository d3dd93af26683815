export const roles = ['owner', 'marketer', 'operator', 'viewer'] as const
export type Role = (typeof roles)[number]

/** Who may do what. What is not written here, nobody may. */
const permissions = {
  'report.view': ['owner', 'marketer', 'operator', 'viewer'],
  'campaign.view': ['owner', 'marketer', 'operator', 'viewer'],
  'campaign.draft': ['owner', 'marketer'],
  'brand.edit': ['owner', 'marketer'],
  'campaign.approve': ['owner', 'marketer'],
  'campaign.release': ['owner', 'marketer'],
  'campaign.rollback': ['owner', 'marketer', 'operator'],
  'writer.view': ['owner', 'marketer'],
  'sending.stop': ['owner', 'marketer', 'operator'],
  'sending.start': ['owner', 'marketer'],
  'person.view': ['owner', 'marketer'],
  'identity.view': ['owner', 'marketer', 'operator', 'viewer'],
  'identity.decide': ['owner', 'marketer', 'operator'],
  'audience.export': ['owner', 'marketer'],
  'suppression.lift': ['owner', 'marketer'],
  'consent-text.release': ['owner'],
  'inbox.view': ['owner', 'marketer'],
  'ingest.run': ['owner', 'operator'],
  'quarantine.view': ['owner', 'operator'],
  'agent.start': ['owner'],
  'agent.stop': ['owner', 'marketer', 'operator'],
  'agent.delegate': ['owner'],
  'preflight.waive': ['owner'],
  'channel.configure': ['owner'],
  'token.manage': ['owner'],
  'holdout.set': ['owner'],
  'audit.view': ['owner', 'operator'],
  'metric.release': ['owner'],
  'privacy.allow': ['owner'],
  'user.manage': ['owner'],
} as const satisfies Record<string, readonly Role[]>

export type Action = keyof typeof permissions

/** Every action there is, for the role-by-route matrix. */
export const actions = Object.keys(permissions) as readonly Action[]

/** Whether a role may do something. Denies by default: an unknown action is nobody's. */
export function may(role: Role, action: string): boolean {
  const allowed: readonly Role[] = Object.hasOwn(permissions, action) ? permissions[action as Action] : []
  return allowed.includes(role)
}

/** The roles that may do something. */
export const rolesThatMay = (action: Action): readonly Role[] => permissions[action]
