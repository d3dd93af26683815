import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const folder = resolve(process.env['MILLRACE_DATA'] ?? '../shared/data')

/** The path of a real data file (MILLRACE_DATA). They are never part of the project. */
export const realData = (name: string): string => resolve(folder, name)

/** Whether a file is there. Where nothing may be skipped its absence is a failure: the test then runs, and finds it missing. */
export const hasRealData = (name: string): boolean =>
  existsSync(realData(name)) || process.env['MILLRACE_REQUIRE_ALL'] !== undefined
