import type { Rule } from './patterns.ts'

const months = 'jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|février|mar(?:ch|z|zo|s)?|märz|maart|apr(?:il|ile)?|avril|abril|may|mai|mei|maggio|mayo|june?|juni|juin|giugno|junio|july?|juli|juillet|luglio|julio|aug(?:ust|ustus)?|août|agosto|sep(?:t(?:ember)?)?|septembre|settembre|septiembre|o[ck]t(?:ober)?|octobre|ottobre|octubre|nov(?:ember|embre|iembre)?|de[cz](?:ember)?|décembre|dicembre|diciembre' // prettier-ignore

/** A day with its year, in figures or with the month as a word. */
export const fullDate = String.raw`(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}(?:st|nd|rd|th|\.)?\s+(?:of\s+|de\s+)?(?:${months})\.?,?(?:\s+de)?\s+\d{4}|(?:${months})\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})(?![\p{L}\p{N}])` // prettier-ignore
const born = String.raw`born|birth|birthday|birthdate|dob|d\.o\.b\.?|geboren|geburtsdatum|geboortedatum|née?|naissance|nacid[oa]|nacimiento|nat[oa]|nascita|nascid[oa]|nascimento|född|født|urodzon[ya]` // prettier-ignore

/** A date is somebody's birthday where words say so. */
export const birthRules: readonly Rule[] = [
  {
    kind: 'BIRTH',
    pattern: new RegExp(
      String.raw`(?<=(?<![\p{L}\p{N}])(?:${born})(?![\p{L}\p{N}])[^\d\n]{0,30}?)(?<![\p{L}\p{N}])${fullDate}`,
      'giu',
    ),
  },
]
