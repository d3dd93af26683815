/** Turns texts into vectors of unit length; equal texts give equal vectors. */
export type Embedder = {
  /** Names the model and its version: vectors of two ids are never compared. */
  readonly id: string
  readonly dimensions: number
  /** How far to trust its vectors beside words; 1 unless told. */
  readonly trust?: number
  /** One vector for each text, in their order. Throws when the model cannot be reached or answers nonsense. */
  embed: (texts: readonly string[]) => Promise<number[][]>
}

/** The vector as PostgreSQL reads it: `[0.1,0.2]`. */
export const vectorText = (vector: readonly number[]): string => `[${vector.join(',')}]`

/**
 * The vectors as an embedder may return them: one for each text, all of its dimension, finite, scaled to length 1.
 * Throws an error that names the embedder, so that a changed model behind an endpoint is noticed at once.
 */
export function checkedVectors(
  of: { id: string; dimensions: number },
  texts: readonly string[],
  vectors: readonly (readonly number[])[],
): number[][] {
  if (vectors.length !== texts.length) {
    throw new Error(`${of.id} returned ${vectors.length} vectors for ${texts.length} texts: check the model's name`)
  }
  return vectors.map((vector) => {
    const length = Math.hypot(...vector)
    if (vector.length !== of.dimensions || !Number.isFinite(length) || length === 0) {
      throw new Error(
        `${of.id} returned a vector of ${vector.length} numbers, not ${of.dimensions}: check the model's dimensions`,
      )
    }
    return vector.map((value) => value / length)
  })
}
