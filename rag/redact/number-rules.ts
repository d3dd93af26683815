import { isBsn, isCard, isCodiceFiscale, isGermanTaxId, isIban, isInsee, isNino, isSpanishId } from './check-digits.ts'
import type { Rule } from './patterns.ts'

/** Words that say which number follows, or stood before; at most a few words lie between. */
const after = (words: string, number: string): RegExp =>
  new RegExp(String.raw`(?<=(?<![\p{L}\p{N}])(?:${words})(?![\p{L}\p{N}])[^\d\n]{0,24}?)(?<![\p{L}\p{N}-])${number}(?![\p{L}\p{N}])`, 'giu') // prettier-ignore

/** A document's number: five to fifteen signs, at least three of them digits. */
const document = String.raw`(?=(?:[a-z-]*\d){3})[a-z\d](?:[ -]?[a-z\d]){4,14}`
const oneWord = String.raw`(?=(?:[a-z-]*\d){3})[a-z\d](?:-?[a-z\d]){4,17}`

const licence = String.raw`(?:driver|driving|driver'?s|driver’s)\s+(?:licen[cs]e|permit)|licen[cs]e\s+(?:number|no|nr|#)|rijbewijs(?:nummer)?|führerschein(?:nummer)?|permis\s+de\s+conduire|permiso\s+de\s+conducir|patente(?:\s+di\s+guida)?|carta\s+de\s+condução` // prettier-ignore
const passport = String.raw`passport|paspoort(?:nummer)?|reisepass(?:nummer)?|passeport|pasaporte|passaporto|passaporte|personalausweis|identity\s+card|id\s+card|national\s+id(?:entity)?(?:\s+(?:card|number))?|carte\s+d['’]identité|identiteitskaart` // prettier-ignore
const insurance = String.raw`ssn|social\s+security|national\s+insurance|nino|nhs|medicare|sozialversicherung\w*|nir|numéro\s+de\s+sécurité\s+sociale|tax\s+id|taxpayer|itin|tin|steuer-?id\w*|steueridentifikationsnummer|idnr|steuernummer|cpf|pesel|personnummer|cpr` // prettier-ignore

/** Numbers given to a person by a bank or a state. Where a check digit exists it must hold; else words must say what it is. */
export const numberRules: readonly Rule[] = [
  { kind: 'IBAN', pattern: /(?<![\p{L}\p{N}])(?=([A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}))/giu, holds: isIban, groups: true },
  { kind: 'ID', pattern: /(?<![\p{L}\p{N}])[1-478](?:[ .]?\d){4}[ .]?\d[\dAB](?:[ .]?\d){8}(?![\p{L}\p{N}])/gu, holds: isInsee },
  { kind: 'CARD', pattern: /(?<![\p{L}\p{N}])\d(?:[ .-]?\d){11,}(?![\p{L}\p{N}])/gu, holds: isCard, groups: true },
  { kind: 'ID', pattern: /(?<![\p{L}\p{N}])(?:[XYZ][ -]?\d{7}|\d{8})[ -]?[A-Z](?![\p{L}\p{N}])/giu, holds: isSpanishId },
  { kind: 'ID', pattern: /(?<![\p{L}\p{N}])[A-Z]{6} ?[\dL-V]{2} ?[A-T][\dL-V]{2} ?[A-Z][\dL-V]{3} ?[A-Z](?![\p{L}\p{N}])/giu, holds: isCodiceFiscale },
  { kind: 'ID', pattern: /(?<![\p{L}\p{N}])[A-Z]{2}(?: ?\d\d){3} ?[A-D](?![\p{L}\p{N}])/giu, holds: isNino },
  { kind: 'ID', pattern: /(?<![\p{L}\p{N}])[1-9]\d \d{3} \d{3} \d{3}(?![\p{L}\p{N}])/gu, holds: isGermanTaxId },
  { kind: 'ID', pattern: /(?<![\p{L}\p{N}-])\d{3}-\d{2}-\d{4}(?![\p{L}\p{N}-])/gu },
  { kind: 'ID', pattern: after('bsn|burgerservicenummer|sofi-?nummer|citizen service number', String.raw`\d(?:[ .]?\d){8}`), holds: isBsn },
  { kind: 'ID', pattern: after(insurance, String.raw`(?=(?:\D?\d){5})[a-z\d](?:[ ./-]?[a-z\d]){5,14}`), holds: holdsDigits },
  { kind: 'ID', pattern: after(licence, oneWord), holds: holdsDigits },
  { kind: 'ID', pattern: after(passport, document), holds: holdsDigits },
] // prettier-ignore

function holdsDigits(text: string): boolean {
  return text.replace(/\D/g, '').length >= 5
}
