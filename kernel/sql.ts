/** A statement and its parameters, built by the `sql` tag; nothing is ever spliced in as text. */
export type Sql = { readonly text: string; readonly values: readonly unknown[] }

const fragments = new WeakSet<object>()

/**
 * Builds a parametrised statement. An interpolated value becomes `$n`; an interpolated `sql` fragment is
 * inlined with its own values. Arrays go to PostgreSQL as arrays; objects (but dates and buffers) as JSON.
 */
export function sql(strings: TemplateStringsArray, ...inputs: unknown[]): Sql {
  const values: unknown[] = []
  let text = strings[0]!
  inputs.forEach((input, index) => {
    text += placed(input, values) + strings[index + 1]!
  })
  const built: Sql = { text, values }
  fragments.add(built)
  return built
}

function placed(input: unknown, values: unknown[]): string {
  if (typeof input === 'object' && input !== null && fragments.has(input)) return inlined(input as Sql, values)
  values.push(input)
  return `$${values.length}`
}

function inlined(fragment: Sql, values: unknown[]): string {
  const offset = values.length
  values.push(...fragment.values)
  return fragment.text.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + offset}`)
}

/** Joins fragments, by `, ` unless told. */
export function joined(parts: readonly Sql[], separator = ', '): Sql {
  const values: unknown[] = []
  const text = parts.map((part) => inlined(part, values)).join(separator)
  const built: Sql = { text, values }
  fragments.add(built)
  return built
}

/** A quoted identifier. For names the house itself declares, never for input. */
export function identifier(name: string): Sql {
  const built: Sql = { text: `"${name.replaceAll('"', '""')}"`, values: [] }
  fragments.add(built)
  return built
}

/** A value sent as `jsonb`, arrays too (which the driver would otherwise send as PostgreSQL arrays). */
export const json = (value: unknown): string => JSON.stringify(value)
