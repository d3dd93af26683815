import { describe, expect, it } from 'vitest'
import { aMail } from '../campaigns/mails.ts'
import { imapServer, imapUser } from '../support/imap-server.ts'
import { millrace, millraceJson, testHome } from './millrace.ts'

const home = testHome()

describe('a house with a mailbox on a server', () => {
  it('says whether it answers, looks through it once when asked, and tells nobody its password', async () => {
    const server = await imapServer()
    server.lay(aMail(['From: friend@example.com', 'Subject: Hello']))
    const place = { home, env: { INBOUND_IMAP_URL: server.url() } }
    expect(await millraceJson(place, 'doctor', '--json')).toMatchObject({ mailbox: 'INBOX at localhost answers, 1 waiting' }) // prettier-ignore
    expect(await millraceJson(place, 'inbound', '--imap', '--json')).toMatchObject({ 'for-a-person': 1, faults: 0 })
    server.behave({ refusesLogin: true })
    const refused = await millrace(place, 'inbound', '--imap')
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('The mailbox at localhost refuses the user or the password')
    expect(refused.stderr).not.toContain(imapUser.password)
    expect(refused.stderr).not.toContain(imapUser.name)
    await server.close()
  })

  it('asks for its address first', async () => {
    expect(await millrace({ home }, 'inbound', '--imap')).toMatchObject({ code: 2, stdout: '' })
    const wrong = await millrace({ home, env: { INBOUND_IMAP_URL: 'https://u:secret@mail.example.com' } }, 'doctor')
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('INBOUND_IMAP_URL')
    expect(wrong.stderr).not.toContain('secret')
  })
})
