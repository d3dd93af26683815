import type { SourceRecord } from './export-file.ts'

/** Identifiers of a record in the form two systems can be compared by. */
const identifiersOf = ({ emails, phone, userId }: SourceRecord): string[] => [
  ...emails.map((email) => `email:${email.toLowerCase()}`),
  ...(phone ? [`phone:${phone}`] : []),
  ...(userId ? [`user:${userId}`] : []),
]

const recordKey = ({ source, id }: SourceRecord): string => `${source}:${id}`

/** Per person, the groups their records fall into when only equal identifiers join; only people with more than one group. */
export function identifierGroups(records: readonly SourceRecord[]): { person: string; groups: string[][] }[] {
  const perPerson = Map.groupBy(records, ({ personId }) => personId)
  return [...perPerson]
    .map(([person, own]) => ({ person, groups: joined(own) }))
    .filter(({ groups }) => groups.length > 1)
    .toSorted((a, b) => a.person.localeCompare(b.person))
}

function joined(records: readonly SourceRecord[]): string[][] {
  let groups: { keys: string[]; identifiers: Set<string> }[] = []
  for (const record of records) {
    const identifiers = identifiersOf(record)
    const touching = groups.filter((group) => identifiers.some((one) => group.identifiers.has(one)))
    const merged = {
      keys: [...touching.flatMap(({ keys }) => keys), recordKey(record)],
      identifiers: new Set([...touching.flatMap((group) => [...group.identifiers]), ...identifiers]),
    }
    groups = [...groups.filter((group) => !touching.includes(group)), merged]
  }
  return groups.map(({ keys }) => keys)
}
