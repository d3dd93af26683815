/** A PostgreSQL server of one's own; `crash` kills it (SIGKILL) and starts it again on the same data and port. */
export function startPostgres(kind?: {
  durable?: boolean
}): Promise<{ url: string; stop: () => Promise<void>; crash: () => Promise<void> }>
