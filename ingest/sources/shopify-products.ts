import { z } from 'zod'
import type { Product } from '../canon.ts'
import { amountIn, optionalText, readShape, requiredText } from '../cleanse/shape.ts'
import { cleanText, textOfHtml } from '../cleanse/text.ts'
import { csvTable, joinedRows, rejected, type TableRow } from '../reading/csv-table.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'

const kind = 'product'
const needed = ['Handle', 'Title', 'Variant SKU', 'Variant Price']

/** The products export of Shopify (CSV): a line for each variant, the product's own columns only on the first. Prices are in the business currency. */
export function shopifyProducts(): Source {
  return { name: 'shopify', endings: ['.csv'], read: readProducts }
}

async function* readProducts(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  let lines: TableRow[] = []
  for await (const found of csvTable(input, { kind, needed })) {
    const same = found.is === 'cells' && lines[0]?.row['Handle'] === found.row['Handle'] && found.row['Title'] === ''
    if (!same && lines.length > 0) yield productItem(lines, setting)
    if (found.is === 'cells') lines = same ? [...lines, found] : [found]
    else {
      lines = []
      yield found
    }
  }
  if (lines.length > 0) yield productItem(lines, setting)
}

function productItem(lines: readonly TableRow[], setting: Setting): Item {
  const { raw, place } = joinedRows(lines)
  const head = readShape(headShape, lines[0]!.row)
  if (head.kind === 'unreadable') return rejected(kind, raw, place, head)
  const variants = lines.map(({ row }) => readShape(variantShape(setting.currency), row))
  const broken = variants.find((variant) => variant.kind === 'unreadable')
  if (broken?.kind === 'unreadable') return rejected(kind, raw, place, broken)
  const canon = variants.flatMap((variant) => (variant.kind === 'read' ? [productOf(head.value, variant.value, setting)] : [])) // prettier-ignore
  return { is: 'row', kind, externalId: head.value.Handle, raw, place, canon: canon.filter((one) => one !== null) }
}

const headShape = z.object({
  Handle: requiredText, Title: requiredText, 'Body (HTML)': optionalText, Type: optionalText, Tags: optionalText,
  Status: optionalText, Published: optionalText,
}) // prettier-ignore
type Head = z.infer<typeof headShape>

const variantShape = (code: string) =>
  z
    .object({
      'Option1 Value': optionalText,
      'Option2 Value': optionalText,
      'Option3 Value': optionalText,
      'Variant SKU': optionalText,
      'Variant Price': z.string(),
      'Variant Inventory Tracker': optionalText,
      'Variant Inventory Qty': optionalText,
    }) // prettier-ignore
    .transform((row, context) => {
      const priceMinor = row['Variant Price'].trim() === '' ? null : amountIn(context, 'Variant Price', row['Variant Price'], code) // prettier-ignore
      return { ...row, priceMinor, isImageOnly: priceMinor === null && row['Variant SKU'] === undefined }
    })
type Variant = z.infer<ReturnType<typeof variantShape>>

/** One row a variant: what is bought has a SKU, a price and a stock. Lines that only add a picture are none. */
function productOf(head: Head, variant: Variant, setting: Setting): Product | null {
  if (variant.isImageOnly) return null
  const options = [variant['Option1 Value'], variant['Option2 Value'], variant['Option3 Value']].filter((option) => option !== undefined && option !== 'Default Title') // prettier-ignore
  const isTracked = variant['Variant Inventory Tracker'] !== undefined
  const stock = Number(variant['Variant Inventory Qty'] ?? '')
  return {
    is: 'product',
    externalId: `${head.Handle}/${variant['Variant SKU'] ?? (options.join('/') || 'default')}`,
    sku: variant['Variant SKU'] ?? null,
    title: [cleanText(head.Title), ...options].join(' - '),
    description: textOfHtml(head['Body (HTML)'] ?? ''),
    type: head.Type ?? null,
    tags: (head.Tags ?? '').split(',').map((tag) => tag.trim()).filter((tag) => tag !== ''), // prettier-ignore
    priceMinor: variant.priceMinor,
    currency: setting.currency,
    available: isTracked && Number.isInteger(stock) ? Math.max(-1e9, Math.min(1e9, stock)) : null,
    url: `/products/${head.Handle}`,
  }
}
