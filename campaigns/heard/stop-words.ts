/** What people write who want no more, in the languages the house writes in: the whole of a message, but for a please. */
const words = new Set([
  'stopall', 'unsub', 'cancel', 'end', 'quit', 'opt out', 'optout', 'opt me out', 'no more', 'remove me',
  'afmelden', 'uitschrijven', 'stoppen', 'abmelden', 'abbestellen', 'keine werbung', 'ende',
  'arret', 'arreter', 'desabonner', 'desinscrire', 'desinscription',
  'baja', 'alto', 'parar', 'cancelar', 'basta', 'cancella', 'disiscrivi', 'rimuovi',
]) // prettier-ignore

const polite = 'please|pls|thanks|aub|a u b|alstublieft|alsjeblieft|bitte|danke|svp|s ?il (?:vous|te) plait|merci|por favor|gracias|per favore|grazie' // prettier-ignore
const inFront = new RegExp(`^(?:${polite}) `)
const behind = new RegExp(` (?:${polite})$`)

/**
 * Words that ask by themselves, with few words behind them, whatever those are: `stop all of it`; more where what they say
 * leaves no doubt: `unsubscribe me from this list`, `stop sending me these messages`.
 */
const begins = /^(?:stopp?(?: \S+){0,3}|(?:revoke|unsubscribe)(?: \S+){0,5}|stop (?:sending|texting|messaging|writing|contacting|emailing|calling|spamming)(?: \S+){0,4})$/ // prettier-ignore

/**
 * Whether a message asks for no more. One that speaks of stopping at more length (“stop by the shop tomorrow”), or somewhere
 * within (“the bus stop”), does not. Where that is doubtful it does: who is taken for leaving is lost, who is not heard is wronged.
 */
export function asksToStop(message: string): boolean {
  const plain = message
    .normalize('NFKD')
    .replaceAll(/[\p{M}'’‘]/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(inFront, '')
    .replace(behind, '')
  return begins.test(plain) || words.has(plain)
}
