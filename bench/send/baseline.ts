import { createTransport } from 'nodemailer'
import { countsOf, reset } from './measure.ts'

/** nodemailer's pool from this one process, without a ledger: messages a second at the same sink, of the same body. */
export async function baseline(input: {
  smtp: string
  counts: string
  html: string
  messages: number
}): Promise<number> {
  await reset(input.counts)
  const transport = createTransport({ url: input.smtp, pool: true, maxConnections: 20, maxMessages: Infinity })
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < input.messages) {
      const n = next++
      const html = input.html.replaceAll('{{ person.name }}', `Anna ${n}`).replaceAll('{{ person.city }}', 'Utrecht')
      const sent = transport.sendMail({
        from: 'Alder & Ash <hello@example.test>',
        to: `person${n}@example.test`,
        subject: `Autumn at the roastery, Anna ${n}`,
        html: html.replaceAll('{{ unsubscribe_url }}', `https://mail.example.test/u/${n}`),
        text: `Autumn at the roastery for Anna ${n}`,
        headers: { 'List-Unsubscribe': `<https://mail.example.test/u/${n}>` },
      })
      // What is put off is lost here: there is no ledger.
      await sent.catch(() => {})
    }
  }
  await Promise.all(Array.from({ length: 40 }, lane))
  transport.close()
  return (await countsOf(input.counts)).per_second
}
