import { type Product, products } from './catalogue.ts'
import { type Cell, row } from './csv.ts'
import { csvFile, type ExportFile, good } from './export-file.ts'
import { decimal, shop } from './shop.ts'

const productsHeader: readonly string[] = [
  'Handle',
  'Title',
  'Body (HTML)',
  'Vendor',
  'Product Category',
  'Type',
  'Tags',
  'Published',
  'Option1 Name',
  'Option1 Value',
  'Variant SKU',
  'Variant Grams',
  'Variant Inventory Tracker',
  'Variant Inventory Qty',
  'Variant Inventory Policy',
  'Variant Fulfillment Service',
  'Variant Price',
  'Variant Compare At Price',
  'Variant Requires Shipping',
  'Variant Taxable',
  'Variant Barcode',
  'Image Src',
  'Gift Card',
  'SEO Title',
  'SEO Description',
  'Included / United Kingdom',
  'Price / United Kingdom',
  'Status',
]

const grams: Record<string, number> = { '250 g': 250, '1 kg': 1000 }

/** The product export: a product's own columns stand only on its first variant's line. */
export function productsFile(): ExportFile {
  return csvFile(
    'shopify/products.csv',
    productsHeader,
    products.map((product) => good(lines(product), product.handle)),
  )
}

const soldInBritain = ({ type }: Product): boolean => type === 'Coffee' || type === 'Subscription'

const lines = (product: Product): Cell[][] =>
  product.variants.map((variant, index) =>
    row(productsHeader, {
      Handle: product.handle,
      ...(index === 0 ? head(product) : {}),
      'Option1 Value': variant.option,
      'Variant SKU': variant.sku,
      'Variant Grams': grams[variant.option] ?? 0,
      'Variant Inventory Tracker': product.type === 'Subscription' ? '' : 'shopify',
      'Variant Inventory Qty': variant.stock,
      'Variant Inventory Policy': product.type === 'Subscription' ? 'continue' : 'deny',
      'Variant Fulfillment Service': 'manual',
      'Variant Price': decimal(variant.eurMinor, 'EUR'),
      'Variant Requires Shipping': String(product.type !== 'Workshop'),
      'Variant Taxable': 'true',
      'Included / United Kingdom': String(soldInBritain(product)),
      'Price / United Kingdom': soldInBritain(product) ? decimal(variant.gbpMinor, 'GBP') : '',
    }),
  )

const head = (product: Product): Record<string, Cell> => ({
  Title: product.title,
  'Body (HTML)': `<p>${product.body}</p>`,
  Vendor: shop.name,
  Type: product.type,
  Tags: product.tags.join(', '),
  Published: 'true',
  'Option1 Name': product.optionName,
  'Gift Card': 'false',
  'SEO Title': `${product.title} | ${shop.name}`,
  Status: 'active',
})
