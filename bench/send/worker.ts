import { openHouse } from '#app/wire.ts'
import { startSending } from '#app/services.ts'
import { readConfig } from '#kernel/config.ts'

/** A worker as installed, but for the rounds of the minute: sends until SIGTERM, then prints what it took. */
const house = await openHouse(readConfig())
const stop = startSending(house, house.publicUrl)
process.once('SIGTERM', () => {
  void stop()
    .then(() => house.close())
    .then(() => {
      const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
      process.stdout.write(`${JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, rssMb: maxRSS / 1024 })}\n`)
      process.exit(0)
    })
})
process.stdout.write('ready\n')
