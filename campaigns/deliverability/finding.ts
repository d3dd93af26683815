/** What a point of the preflight comes to. `unknown` is no pass; `not-applicable`: the campaign goes by nothing it speaks of. */
export type Mark = 'pass' | 'warn' | 'fail' | 'unknown' | 'not-applicable'

/** A record to paste at whoever keeps the domain's names. */
export type DnsRecord = { type: 'TXT' | 'MX' | 'PTR' | 'CNAME'; name: string; value: string }

/** What a point found: what was seen, and where it is not right, what to do. */
export type Finding = { mark: Mark; evidence: string; fix: string | null; records: readonly DnsRecord[] }

const found = (mark: Mark, evidence: string, fix: string | null, records: readonly DnsRecord[]): Finding => ({
  mark,
  evidence,
  fix,
  records,
})

export const pass = (evidence: string): Finding => found('pass', evidence, null, [])
export const warn = (evidence: string, fix: string, ...records: DnsRecord[]): Finding =>
  found('warn', evidence, fix, records)
export const fail = (evidence: string, fix: string, ...records: DnsRecord[]): Finding =>
  found('fail', evidence, fix, records)
export const unknown = (evidence: string, fix: string, ...records: DnsRecord[]): Finding =>
  found('unknown', evidence, fix, records)

export const notApplicable = (evidence: string): Finding => found('not-applicable', evidence, null, [])

const order: Record<Mark, number> = { 'not-applicable': 0, pass: 1, warn: 2, unknown: 3, fail: 4 }

/** Several things seen on one point: as bad as the worst of them, and everything is told. */
export function worstOf(findings: readonly Finding[]): Finding {
  const mark = findings.reduce<Mark>((worst, one) => (order[one.mark] > order[worst] ? one.mark : worst), 'pass')
  const fixes = findings.flatMap(({ fix }) => (fix === null ? [] : [fix]))
  return {
    mark,
    evidence: findings.map(({ evidence }) => evidence).join(' '),
    fix: fixes.length === 0 ? null : fixes.join(' '),
    records: findings.flatMap(({ records }) => records),
  }
}
