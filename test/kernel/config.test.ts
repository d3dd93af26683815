import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { envExample, readConfig, settingsPath } from '#kernel/config.ts'
import { readFileSync } from 'node:fs'
import { root } from '../support/source-files.ts'

const here = mkdtempSync(join(tmpdir(), 'millrace-config-'))

describe('the settings', () => {
  it('are all optional', () => {
    expect(readConfig({}, here)).toMatchObject({
      MILLRACE_HOME: join(here, '.millrace'),
      BUSINESS_CURRENCY: 'EUR',
      PORT: 8787,
    })
  })

  it('report every mistake at once, each with what it should be', () => {
    const wrong = () => readConfig({ BUSINESS_ZONE: 'Mars/Base', BUSINESS_CURRENCY: 'EURO', PORT: '99999' }, here)
    expect(wrong).toThrow(/BUSINESS_ZONE: is no IANA time zone[\s\S]*BUSINESS_CURRENCY: is no ISO 4217[\s\S]*PORT/)
  })

  it('take rates as a list of names and numbers above nothing', () => {
    expect(readConfig({ SENDING_RATES: 'smtp=50,to:gmail=0.5' }, here).SENDING_RATES).toBe('smtp=50,to:gmail=0.5')
    for (const rates of ['smtp', 'smtp=0', 'smtp=50,', 'smtp=50;sms=2'])
      expect(() => readConfig({ SENDING_RATES: rates }, here)).toThrow('SENDING_RATES: is no list such as')
  })

  it('need a key of their own with a server database', () => {
    expect(() => readConfig({ DATABASE_URL: 'postgres://localhost/x' }, here)).toThrow(/SECRET_KEY is required/)
  })

  it('kept in the data directory count unless the environment says otherwise', () => {
    writeFileSync(settingsPath(here), JSON.stringify({ BUSINESS_NAME: 'Kept', BUSINESS_CURRENCY: 'GBP' }))
    const config = readConfig({ MILLRACE_HOME: here, BUSINESS_CURRENCY: 'JPY' }, here)
    expect(config).toMatchObject({ BUSINESS_NAME: 'Kept', BUSINESS_CURRENCY: 'JPY' })
  })

  it('are described by .env.example, which is generated from them', () => {
    expect(readFileSync(join(root, '.env.example'), 'utf8')).toBe(envExample())
  })
})
