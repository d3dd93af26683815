import { createUser, listUsers, userByEmail } from '#governance/access.ts'
import type { Role } from '#governance/permissions.ts'
import { signInLink } from '#governance/sessions.ts'
import { RefusedError } from '#kernel/errors.ts'
import type { House } from './wire.ts'

/** Adds a person unless the address is known already. */
export async function addUser(house: House, person: { email: string; name: string; role: Role }): Promise<void> {
  const made = await createUser(house, { ...person, by: 'millrace' })
  if (made.kind === 'refused' && made.rule !== 'address-taken') throw new RefusedError(made.why)
}

/** A fresh one-time link for a known person, at the site's address. */
export async function linkFor(house: House, email: string, site: string = house.publicUrl): Promise<string> {
  const user = await userByEmail(house.db, email)
  const link = user && (await signInLink(house, { userId: user.id }))
  if (link?.kind === 'link') return `${site}/sign-in?token=${link.token}`
  const known = await listUsers(house.db)
  throw new RefusedError(
    known.length === 0
      ? 'Nobody may sign in yet: add --role owner'
      : 'Nobody of this address may sign in: add --role to add them',
  )
}
