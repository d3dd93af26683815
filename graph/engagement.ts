// Engagement is a sum of weighted events, each of which counts half after every half-life. So that nobody need be
// written anew because time passes, a person carries its level: the binary logarithm of the sum as it would stand at
// the epoch, which stays the same until they do something again.

/** Days after which an event counts half. */
export const halfLifeDays = 30

const epochMs = Date.UTC(2020, 0, 1)
const halfLifeMs = halfLifeDays * 86_400_000

const halfLives = (at: Date): number => (at.getTime() - epochMs) / halfLifeMs

/** The level at which a person has so many points at that instant: log2(points) + half-lives since the epoch. */
export const engagementLevel = (points: number, at: Date): number => Math.log2(points) + halfLives(at)

/** The points that a level is worth at an instant. */
export const engagementPoints = (level: number, at: Date): number => 2 ** (level - halfLives(at))
