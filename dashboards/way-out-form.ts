import { secretNames } from '#campaigns/way-out/configuration.ts'
import type { Form } from './visitor.ts'

const said = (form: Form, name: string): string | null => form[name]?.trim() || null
const number = (form: Form, name: string): number | null =>
  said(form, name) === null ? null : Number(said(form, name))

/** The configuration that a posted form asks for, to be checked by whoever takes it. An empty field is as the settings have it. */
export function configurationFrom(form: Form): unknown {
  const { secret = '' } = form
  if (!secretNames.email.some((name) => name === secret)) return { secret }
  const [name, address] = [said(form, 'fromName'), said(form, 'fromAddress')]
  return {
    secret,
    from: (name ?? address) === null ? null : { name, address },
    replyTo: said(form, 'replyTo'),
    connections: number(form, 'connections'),
    dailyCap: number(form, 'dailyCap'),
  }
}
