import { describe, expect, it } from 'vitest'
import { machineLabel } from '#campaigns/heard/bots.ts'

const android = (model: string, more = '') => `Mozilla/5.0 (Linux; Android 14; ${model}) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36${more}` // prettier-ignore
const labelOf = (userAgent: string) => machineLabel({ method: 'GET', userAgent, headers: {} })

describe('who fetches a link', () => {
  it.each([
    ['in Telegram on Android', android('Pixel 8; wv', ' Telegram-Android/10.1 (Google Pixel 8; Android 14; SDK 34; HIGH)')],
    ['on a Cubot phone', android('CUBOT X30')],
    ['on a Cubot phone that writes its name small', android('Cubot_P80 Build/TP1A')],
    ['in a browser that names WhatsApp behind itself', android('SM-A546B; wv', ' WhatsApp/2.24.1')],
    ['in Instagram', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 350.0'],
  ])('is a person %s', (_, userAgent) => {
    expect(labelOf(userAgent)).toBeNull()
  }) // prettier-ignore

  it.each([
    ['Telegram', 'TelegramBot (like TwitterBot)'],
    ['WhatsApp on Android', 'WhatsApp/2.23.20.0 A'],
    ['WhatsApp on an iPhone', 'WhatsApp/2.24.10.80 i'],
    ['Slack', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'],
    ['Facebook', 'facebookexternalhit/1.1'],
    ['Google', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
    ['a robot on a Cubot phone', android('CUBOT X30', ' (compatible; AdsBot/1.0)')],
  ])('is a machine where it makes a preview or a list: %s', (_, userAgent) => {
    expect(labelOf(userAgent)).toBe('crawler or preview')
  })
})
