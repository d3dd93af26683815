import { fileURLToPath } from 'node:url'

const rooms = ['kernel', 'ingest', 'graph', 'rag', 'governance', 'campaigns']

/** The migrations of the house: one folder a room, numbered through. */
export const migrationFolders: readonly string[] = rooms.map((room) =>
  fileURLToPath(new URL(`../${room}/migrations`, import.meta.url)),
)
