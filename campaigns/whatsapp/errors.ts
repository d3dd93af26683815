/**
 * What an error of Meta asks for.
 * `next`: this person cannot be reached by WhatsApp, another channel may. `template`: the conversation is closed, only a
 * template may open it. `slow-down`: the number as a whole is too fast. `pair`: this person had too many at once. `rest`:
 * nothing more to this person for a day. `suppress`: they want no more. `stop-number`: nothing more leaves before a person
 * looked. `stop-campaign`: its template may not be sent. `sign-in`: the token is of no use. `again`: certainly not sent, a
 * later try may be. `unclear`: nobody can tell. `never`: it never will.
 */
export type Treatment =
  | 'next' | 'template' | 'slow-down' | 'pair' | 'rest' | 'suppress' | 'stop-number' | 'stop-campaign' | 'sign-in' | 'again'
  | 'unclear' | 'never' // prettier-ignore

type Entry = { treatment: Treatment; words: string }

/** Codes with an answer of their own. https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes */
const table: Readonly<Record<number, Entry>> = {
  0: { treatment: 'sign-in', words: 'Meta does not know the token' },
  3: { treatment: 'sign-in', words: 'the token may not send' },
  131_005: { treatment: 'sign-in', words: 'the token may not send: a permission was not given, or was taken away' },
  10: { treatment: 'sign-in', words: 'the token may not send from this number' },
  190: { treatment: 'sign-in', words: 'the token has ended: make a new one' },
  1: { treatment: 'unclear', words: 'Meta had a fault of its own' },
  2: { treatment: 'unclear', words: 'Meta was overloaded' },
  4: { treatment: 'slow-down', words: 'the app asks too often' },
  80_007: { treatment: 'slow-down', words: 'the account asks too often' },
  130_429: { treatment: 'slow-down', words: 'more messages a second than the number may send' },
  131_056: { treatment: 'pair', words: 'too many messages to this number in a short time' },
  131_048: { treatment: 'stop-number', words: 'too many messages of this number were blocked or called spam' },
  368: { treatment: 'stop-number', words: 'Meta has blocked the account for breaking its rules' },
  131_031: { treatment: 'stop-number', words: 'Meta has locked the account' },
  131_037: { treatment: 'stop-number', words: 'the name that the number shows is not approved' },
  33: { treatment: 'stop-number', words: 'the number was deleted at Meta' },
  131_042: { treatment: 'stop-number', words: 'the account cannot pay' },
  131_045: { treatment: 'stop-number', words: 'the number is not registered rightly' },
  133_010: { treatment: 'stop-number', words: 'the number is not registered' },
  131_026: { treatment: 'next', words: 'this number cannot be reached by WhatsApp' },
  131_030: { treatment: 'next', words: 'this number is not among those that a test account may write to' },
  130_497: { treatment: 'next', words: 'Meta lets no business of this kind write to this country' },
  131_021: { treatment: 'never', words: 'the number would write to itself' },
  131_047: { treatment: 'template', words: 'more than 24 hours passed since they wrote' },
  130_472: { treatment: 'rest', words: 'Meta leaves this number out for an experiment of its own' },
  131_049: { treatment: 'rest', words: 'Meta holds it back: this person had enough marketing' },
  131_050: { treatment: 'suppress', words: 'they asked WhatsApp for no more marketing of this business' },
  131_000: { treatment: 'again', words: 'Meta could not send it' },
  131_016: { treatment: 'again', words: 'a part of Meta is down' },
  131_057: { treatment: 'again', words: 'the account is being worked on' },
  133_004: { treatment: 'again', words: 'Meta’s server is away' },
  132_000: { treatment: 'stop-campaign', words: 'the template has other variables than were given' },
  132_001: { treatment: 'stop-campaign', words: 'there is no such template in this language, or it is not approved' },
  132_005: { treatment: 'never', words: 'the text with its values is too long' },
  132_007: { treatment: 'stop-campaign', words: 'the template breaks Meta’s rules' },
  132_012: { treatment: 'stop-campaign', words: 'the variables are of another form than the template’s' },
  132_015: { treatment: 'stop-campaign', words: 'the template is paused for its low quality' },
  132_016: { treatment: 'stop-campaign', words: 'the template is disabled for good: its quality was low too often' },
}

/** A code of many meanings, and the subcode of the one that speaks of the number and no message. */
const unseen = { code: 100, subcode: 33 }

/**
 * What to do about an error. A code that is not known goes by its class: 200–299 and any 403 are permissions, any other
 * refusal of a request is for good, and what came with 5xx may have been sent all the same.
 * @param status of the HTTP answer; null where a webhook told of it, which is certain that nothing arrives
 * @param subcode what the answer tells beside the code
 */
export function treatmentOf(code: number, status: number | null, subcode: number | null = null): Entry {
  const known = table[code]
  if (known) {
    if (known.treatment !== 'unclear' || status !== null) return known
    return { ...known, treatment: 'again' }
  }
  if (code === unseen.code && subcode === unseen.subcode) return { treatment: 'sign-in', words: 'Meta shows this token no such number: look at WHATSAPP_NUMBER_ID, too' } // prettier-ignore
  if (code >= 200 && code < 300) return { treatment: 'sign-in', words: 'the token may not do this' }
  if (status !== null && status >= 500) return { treatment: 'unclear', words: 'Meta had a fault of its own' }
  if (status === 429) return { treatment: 'slow-down', words: 'Meta was asked too often' }
  if (status === 401) return { treatment: 'sign-in', words: 'Meta does not take the token' }
  if (status === 403) return { treatment: 'sign-in', words: 'Meta does not let the token do this' }
  return { treatment: 'never', words: 'Meta refused it' }
}

/** What a template is by then, where an error tells: what Meta's list will say at the next look. */
export const templateStatusBy = (code: number): 'paused' | 'disabled' | null =>
  code === 132_015 ? 'paused' : code === 132_016 ? 'disabled' : null

const hourMs = 3_600_000
/** How long somebody is left alone whom Meta kept a message from: a day, and an hour to be safe. */
export const restMs = 25 * hourMs

/** The pause before the next message to somebody who had too many at once: 4^n seconds, an hour at most. */
export const pairPauseMs = (attempts: number): number => Math.min(hourMs, 1_000 * 4 ** Math.min(attempts, 8))
