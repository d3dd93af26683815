import type { Rule } from './patterns.ts'

const endings = 'street|road|rd|avenue|ave|lane|boulevard|blvd|terrace|crescent|mews|parkway|pkwy|highway|hwy|esplanade'
/** Everyday words too: only a name before them, and their capital, makes them a street. */
const properEndings =
  'St|Drive|Dr|Ln|Court|Ct|Square|Close|Place|Pl|Way|Row|Gardens|Circle|Trail|Grove|Quay|Hill|Park|Green'
const compounds = 'straat|laan|weg|plein|gracht|kade|singel|dijk|steeg|plantsoen|stra(?:ß|ss)e|stra(?:ß|ss)|stasse|str|platz|allee|gasse|ufer|damm|ring|vej|vegen|veien|gade|gata|gatan|vägen|väg|gränd|katu|tie|kuja|polku|polut|utca|braut|vegur|gerði|stræti' // prettier-ignore
const starts = 'rue|avenue|av|avda|boulevard|bd|place|allée|chemin|quai|cours|impasse|route|via|viale|piazza|corso|largo|vicolo|calle|c/|avenida|plaza|paseo|camino|camiño|carretera|ronda|travessa|rua|r|praça|estrada|carrer|ulica|ul|aleja|al|trg|cesta|náměstí|třída' // prettier-ignore
const ownWords = 'utca|út|útja|tér|rakpart|körút|u|ulica|cesta|trg|gade|vej|vei|gate|gata|gatan|väg|allé|katu|tie|straat|laan|weg|strasse|straße|platz|ulitsa|dori|soi|tee|tänav|puiestee|iela|gatvė' // prettier-ignore

const word = String.raw`[\p{L}][\p{L}'’.-]{0,40}`
const house = String.raw`\d{1,5}(?:\s?[a-z](?![\p{L}\p{N}]))?(?:[-/]\d{1,4})?`
const number = String.raw`(?<![\p{L}\p{N}])${house}`
/** Words with capitals after a street's word, and the small words between them. */
const streetName = String.raw`(?:(?:de|du|des|d['’]|la|le|les|l['’]|del|della|dei|degli|delle|di|da|do|dos|das|los|las|y|e|et|of)\s*){0,3}(?!(?:apt|suite)\b)\p{Lu}[\p{L}'’.-]*(?:\s(?:(?:de|du|des|la|le|les|del|della|dei|degli|delle|di|da|do|dos|das|los|las|y|e|et|of)\s){0,3}(?!(?:Apt|Suite|Unit)\b)\p{Lu}[\p{L}'’.-]*){0,4}`
const end = String.raw`(?![\p{L}\p{N}])`
const flat = String.raw`(?:apt|apartment|suite|ste|unit|flat|room|appt|appartement|bus|etage)\.?\s*#?\s?\d{1,5}[a-z]?`

const address = (pattern: string, flags = 'giu'): Rule => ({ kind: 'ADDRESS', pattern: new RegExp(pattern, flags) })

/**
 * Where somebody lives, told by a word for a street and a number, a box, a military post or a postcode with its town.
 * The longer shapes stand first; what of an address lies around such a core is added by `wholeAddress`.
 */
export const addressRules: readonly Rule[] = [
  address(String.raw`(?<![\p{L}\p{N}])(?:PSC|CMR|unit)\s\d{3,5},?\s+box\s\d{2,5}(?:,?\s+[ADF]PO\s+A[AEP]\s+\d{5})?${end}`),
  address(String.raw`(?<![\p{L}\p{N}])(?:USS|USNS|USNV|USCGC)\s${word}\s+[ADF]PO\s+A[AEP]\s+\d{5}${end}`),
  address(String.raw`(?<![\p{L}\p{N}])(?:p\.?\s?o\.?\s?box|postbus|postfach|boîte postale|casella postale|apartado(?: de correos)?|post\s?boks)\s+\d{1,6}${end}`),
  address(String.raw`(?<![\p{L}\p{N}])(?:the\s+)?corner\s+of\s+[^\n.,;:?!]{2,60}?(?:\d+\.?)?\s+and\s+(?:${word}\s+){1,4}(?:${endings})\b\.?`),
  address(String.raw`${number},?\s+(?:${word}\s+){1,4}(?:${endings})\b\.?`),
  address(String.raw`${number},?\s+(?:\p{Lu}[\p{L}'’.-]*\s+){1,4}(?:${properEndings})\b\.?`, 'gu'),
  address(String.raw`(?<![\p{L}\p{N}])(?:${number},?\s+)?(?:[\p{Lu}][\p{L}'’.-]{0,40}\s+){0,3}(?:\p{Lu}[\p{L}'’-]{0,40}(?:${compounds})\b\.?|\p{Lu}[\p{L}'’-]*(?:\s+\p{L}[\p{L}'’-]*)?\s+(?:${ownWords})\b\.?)\s+${house}${end}`, 'gu'),
  address(String.raw`(?<![\p{L}\p{N}])\p{L}[\p{L}'’-]{2,40}(?:${compounds.replace(/\|(?:tie|ring|str)(?=\|)/g, '')})\b\.?\s+${house}${end}`),
  address(String.raw`${number},?\s+(?:${starts}|${starts.replace(/(?<=^|\|)\p{Ll}/gu, (letter) => letter.toUpperCase())})\.?\s+${streetName}(?:\s+${house})?${end}`, 'gu'),
  address(String.raw`(?<![\p{L}\p{N}])(?:${starts}|${starts.replace(/(?<=^|\|)\p{Ll}/gu, (letter) => letter.toUpperCase())})\.?\s+${streetName},?\s+${house}${end}`, 'gu'),
  address(String.raw`${number},?\s+(?:${starts.replace(/\|(?:r|al|av|ul|via|cours|place|route|largo|c\/|bd)(?=\|)/g, '')})\.?\s+(?:${word}\s+){0,3}?${word}${end}`),
  address(String.raw`(?<![\p{L}\p{N}])${flat}${end}`),
  address(String.raw`(?<![\p{L}\p{N}])(?:\d{4}\s?[A-Z]{2}(?=\s+\p{Lu}\p{Ll}+)|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2})${end}`, 'gu'),
] // prettier-ignore
