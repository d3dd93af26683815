import { roles, type Role } from '#governance/permissions.ts'
import { UsageError } from '#kernel/errors.ts'
import { addUser, linkFor } from '../sign-in.ts'
import { answer, exit, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'

export const signIn: Verb = {
  name: 'sign-in',
  about: 'Print a link that signs a person in once; --role adds the person first',
  usage: ['sign-in ADDRESS [--role ROLE --name NAME] [--json]'],
  takes: 1,
  options: { role: { type: 'string' }, name: { type: 'string' } },
  explains: { role: `add this person as ${roles.join(', ')}`, name: 'how the pages call them' },
  run: async (call) => {
    const email = call.positionals[0]
    if (email === undefined) throw new UsageError('Whom? Say: millrace sign-in ADDRESS')
    const role = roleOf(call.text('role'))
    return withHouse(call.config, async (house) => {
      if (role !== undefined) await addUser(house, { email, name: call.text('name') ?? email, role })
      const link = await linkFor(house, email)
      answer(call, { link }, [link, 'It works once, within 15 minutes, while the server runs (millrace start).'])
      return exit.done
    })
  },
}

function roleOf(wanted: string | undefined): Role | undefined {
  const role = roles.find((known) => known === wanted)
  if (wanted === undefined || role) return role
  throw new UsageError(`"${wanted}" is no role: choose one of ${roles.join(', ')}`)
}
