import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderGroups } from '#ingest/sources/shopify-bulk-groups.ts'

const order = (id: string, size = 0) => JSON.stringify({ id: `gid://shopify/Order/${id}`, pad: 'x'.repeat(size) })
const item = (id: string, parent: string) => JSON.stringify({ id: `gid://shopify/LineItem/${id}`, __parentId: `gid://shopify/Order/${parent}` }) // prettier-ignore

async function grouped(...lines: string[]) {
  async function* bytes() {
    await Promise.resolve()
    for (const line of lines) yield Buffer.from(`${line}\n`)
  }
  const found = []
  for await (const one of orderGroups({ file: 'f', bytes: bytes() })) found.push(one)
  return found
}
const told = (found: Awaited<ReturnType<typeof grouped>>) =>
  found.map((one) => (one.is === 'group' ? one.lines.map((line) => /\/(\d+)/.exec(line.toString())?.[1]).join(' ') : one.reason)) // prettier-ignore

describe('the lines of a bulk operation', () => {
  it('are gathered to their orders, however they are mixed', async () => {
    const mixed = fc.array(fc.nat(4), { maxLength: 20 }).chain((parents) => {
      const items = parents.map((parent, n) => ({ n, parent }))
      return fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length })
    })
    await fc.assert(
      fc.asyncProperty(mixed, async (items) => {
        const lines = [0, 1, 2, 3, 4].map((id) => order(`9${id}`))
        const found = await grouped(...lines, ...items.map(({ n, parent }) => item(`5${n}`, `9${parent}`)))
        const expected = [0, 1, 2, 3, 4].map((id) => [`9${id}`, ...items.filter(({ parent }) => parent === id).map(({ n }) => `5${n}`)].join(' ')) // prettier-ignore
        expect(told(found)).toEqual(expected)
      }),
    )
  })

  it('that come before their order, too late or too many are set aside', async () => {
    expect(told(await grouped(item('1', '9'), order('9')))).toEqual([
      expect.stringMatching(/does not stand before/),
      '9',
    ])
    const far = Array.from({ length: 40 }, (_, n) => order(String(100 + n), 1_000_000))
    expect(told(await grouped(order('9'), ...far, item('1', '9'))).filter((one) => / /.test(one))).toEqual([expect.stringMatching(/does not stand before/)]) // prettier-ignore
    const large = await grouped(order('9', 1_000_000), ...Array.from({ length: 1000 }, (_, n) => item(String(n), '9')), order('8')) // prettier-ignore
    expect(told(large)).toEqual(['The order is larger than 1 MB', '8'])
    expect(told(await grouped('{"id": "gid://sh', order('9')))).toEqual(['The row is no JSON object', '9'])
  })
})
