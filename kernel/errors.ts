/** The caller asked for something that cannot be understood; the message says how to ask. Exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** The house refuses to do it, and says why and what to do instead. Exit code 4. */
export class RefusedError extends Error {
  override name = 'RefusedError'
}

/** The words of a fault, whatever was thrown: some libraries hand on a plain object made of an error. */
export const messageOf = (fault: unknown): string =>
  typeof fault === 'object' && fault !== null && 'message' in fault ? String(fault.message) : String(fault)

/** The code a system call or PostgreSQL gave with an error (`ENOENT`, `23505`), if any. */
export function codeOf(fault: unknown): string | undefined {
  if (typeof fault !== 'object' || fault === null || !('code' in fault)) return undefined
  return typeof fault.code === 'string' ? fault.code : undefined
}
