import { roles } from '#governance/permissions.ts'
import { UsageError } from '#kernel/errors.ts'
import { addUser, linkFor } from '../sign-in.ts'
import { answer, exit, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

export const signIn: Verb = {
  name: 'sign-in',
  about: 'Print a link that signs a person in once; --role adds the person first',
  usage: ['sign-in ADDRESS [--role ROLE --name NAME]'],
  options: { role: { type: 'string' }, name: { type: 'string' } },
  explains: { role: `add this person as ${roles.join(', ')}`, name: 'how the pages call them' },
  run: (call) =>
    withHouse(call.config, async (house) => {
      const email = call.positionals[0]
      if (email === undefined) throw new UsageError('Whom? Say: millrace sign-in ADDRESS')
      const wanted = call.text('role')
      if (wanted !== undefined) await add(house, email, wanted, call.text('name') ?? email)
      const link = await linkFor(house, email)
      answer(call, { link }, [link, 'It works once, within 15 minutes, while the server runs (millrace start).'])
      return exit.done
    }),
}

async function add(house: House, email: string, wanted: string, name: string): Promise<void> {
  const role = roles.find((known) => known === wanted)
  if (!role) throw new UsageError(`"${wanted}" is no role: choose one of ${roles.join(', ')}`)
  await addUser(house, { email, name, role })
}
