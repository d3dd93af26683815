/** What people write who want no more, in the languages the house writes in: the whole of a message, or its first word and little else. */
const words = new Set([
  'stop', 'stopall', 'stop all', 'stopp', 'unsubscribe', 'cancel', 'end', 'quit', 'opt out', 'optout', 'stop promotions', 'no more', 'remove me',
  'afmelden', 'uitschrijven', 'stoppen', 'abmelden', 'abbestellen', 'keine werbung', 'arret', 'desabonner', 'desinscrire', 'stop pub',
  'baja', 'alto', 'parar', 'cancelar', 'basta', 'cancella', 'disiscrivi', 'rimuovi',
]) // prettier-ignore

/** Whether a message asks for no more. One that only speaks of stopping (“the bus stop”) does not. */
export function asksToStop(message: string): boolean {
  const plain = message
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  if (words.has(plain)) return true
  return /^stop (?:please|bitte|svp|aub|por favor|per favore|s il (?:vous|te) plait|alstublieft|alsjeblieft)$/.test(
    plain,
  )
}
