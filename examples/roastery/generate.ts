import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decideAftermaths } from './aftermath.ts'
import { exportAds, spendAds } from './ads-export.ts'
import { liveYear } from './behaviour.ts'
import { dailyRates, exportCosts } from './costs-export.ts'
import { exportHubspot } from './hubspot-export.ts'
import { populate } from './people.ts'
import { createRandom } from './random.ts'
import { collectPayments, priceOrders } from './sales.ts'
import { exportShopify } from './shopify-export.ts'
import { exportStripe } from './stripe-export.ts'
import { tellTruth, type Truth } from './truth.ts'
import { passersBy, visitsOf } from './visits.ts'
import { exportWeb } from './web-export.ts'

/** The exports of the sample year by relative path, `truth.json` among them, and the truth itself. */
export type RoasteryExports = { files: ReadonlyMap<string, Uint8Array>; truth: Truth }

/** Where the hand-written pages stand; they are committed and not generated. */
export const contentDirectory = fileURLToPath(new URL('./content/', import.meta.url))

/** One year of the roastery as its systems export it. Pure: the same seed gives the same bytes. */
export function generateRoastery({ seed }: { seed: string | number }): RoasteryExports {
  const random = createRandom(`roastery ${seed}`)
  const { people, entanglements } = populate(random.fork('people'))
  const lives = people.map((person) => liveYear(person, random.fork(`life ${person.id}`)))
  const orders = priceOrders(lives)
  const ordersOf = Map.groupBy(orders, ({ person }) => person.id)
  const payments = collectPayments(lives, orders, random)
  const aftermaths = decideAftermaths(payments, random.fork('aftermath'))
  const visits = [
    ...lives.flatMap((life) =>
      visitsOf(life, ordersOf.get(life.person.id) ?? [], random.fork(`visits ${life.person.id}`)),
    ),
    ...passersBy(1500, random.fork('passers-by')),
  ]
  const spend = spendAds(visits, random.fork('spend'))
  const exported = [
    exportHubspot(lives, random.fork('hubspot')),
    exportStripe(lives, payments, aftermaths, random, random.fork('stripe')),
    exportShopify(orders, aftermaths, random.fork('shopify')),
    exportWeb(visits, random.fork('web')),
    exportAds(spend, random.fork('ads')),
    exportCosts(dailyRates(random.fork('rates')), random.fork('costs')),
  ]
  const files = exported.flatMap((one) => one.files)
  const records = exported.flatMap((one) => one.records)
  const truth = tellTruth({ people, entanglements, payments, aftermaths, visits, spend, files, records })
  const text = new TextEncoder().encode(`${JSON.stringify(truth, undefined, 1)}\n`)
  return { files: new Map([...files.map(({ path, bytes }) => [path, bytes] as const), ['truth.json', text]]), truth }
}

/** Writes every file below `directory`, which is made if it does not exist; files of the same name are replaced. */
export async function writeRoastery(exports: RoasteryExports, directory: string): Promise<void> {
  for (const [path, bytes] of exports.files) {
    const target = join(directory, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, bytes)
  }
}
